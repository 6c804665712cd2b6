"""What Gunicorn serves: pages and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")

application = get_wsgi_application()

# Its models load after Django is set up.
from apps.core.jobs import one_process  # noqa: E402 - see the line above
from apps.core.metrics import pulse  # noqa: E402 - see the line above

one_process.start()
pulse.start("web")
