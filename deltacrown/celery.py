"""The Celery application. Work is started through ``apps.core.jobs``, never with ``.delay()``."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deltacrown.settings")

app = Celery("deltacrown", task_cls="apps.core.jobs.task:JobTask")
# For all threads: Celery's "current app" is that of the importing thread only, and pages are served by others.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
