"""The Celery application. Work is started through ``apps.core.jobs``, never with ``.delay()``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")

app = Celery("deltacrown")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
