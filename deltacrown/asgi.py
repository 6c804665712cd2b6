"""What Daphne serves: WebSockets, and in development pages too."""

import gc
import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")

http_application = get_asgi_application()

# Consumers import models, so their routes load after Django is set up.
from apps.core.jobs import one_process  # noqa: E402 - needs Django set up
from apps.core.metrics import pulse  # noqa: E402 - needs Django set up
from apps.core.middleware.come_back import ComeBackMiddleware, listen_for_the_signal  # noqa: E402 - needs Django set up
from apps.core.middleware.context import WebSocketContextMiddleware, WebSocketUserMiddleware  # noqa: E402 - needs Django set up
from deltacrown.routing import websocket_urlpatterns  # noqa: E402 - see the line above

# Loads every page's module now. Otherwise the first news would, for half a second in which hundreds of sockets wait.
reverse("notifications:index")

sockets = AuthMiddlewareStack(WebSocketUserMiddleware(URLRouter(websocket_urlpatterns)))

application = ProtocolTypeRouter(
    {
        "http": http_application,
        "websocket": WebSocketContextMiddleware(ComeBackMiddleware(AllowedHostsOriginValidator(sockets))),
    }
)
# Looking through everything for garbage holds all sockets up for a third of a second (drills.sockets). What is loaded
# now stays, so it is passed over, and the rest is looked through more seldom.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
one_process.start()
pulse.start("socket")
listen_for_the_signal()
