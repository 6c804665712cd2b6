"""What Daphne serves to journeys: the whole site, with its static files as they are in the checkout."""

from typing import Any

from asgiref.sync import sync_to_async
from channels.routing import ProtocolTypeRouter
from django.apps import apps
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.cache import cache

from deltacrown import asgi

FORGET = "/live-site/forget"


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """Serve a page; or forget what this process remembers of a database that the next test finds empty."""
    if scope["path"] == FORGET:
        apps.get_model("contenttypes.ContentType").objects.clear_cache()
        await sync_to_async(cache.clear)()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        return
    await _site(scope, receive, send)


_site = ASGIStaticFilesHandler(asgi.http_application)
application = ProtocolTypeRouter({"http": pages, "websocket": asgi.application.application_mapping["websocket"]})
