"""The platform's Celery application, with the tasks of the drill."""

from deltacrown.celery import app

app.conf.imports = ("drills.incidents.tasks",)
