"""What Gunicorn reads: ``gunicorn --config python:deltacrown.gunicorn deltacrown.wsgi``."""

from deltacrown.settings import LOGGING

logconfig_dict = LOGGING
# The access line of apps.core knows the route, the user and the request id.
accesslog = None
