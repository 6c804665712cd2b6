"""The tasks that a job can name."""

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from celery import Celery
from celery.app import app_or_default
from django.utils.module_loading import autodiscover_modules

if TYPE_CHECKING:
    from apps.core.jobs.task import JobTask


class UnknownTask(LookupError):
    """No app has a task of this name."""


@cache
def loaded_app() -> "Celery[Any]":
    """Return the Celery app after all ``tasks`` modules are imported, which Celery itself does in workers only."""
    app = app_or_default()
    autodiscover_modules("tasks")
    app.finalize()
    for task in list(app.tasks.values()):
        for former in getattr(task, "formerly", ()):
            app.tasks.setdefault(former, task)
    return app


def task_named(name: str) -> "JobTask":
    """Return the task, or raise ``UnknownTask`` with what to look at."""
    try:
        return cast("JobTask", loaded_app().tasks[name])
    except KeyError:
        raise UnknownTask(f"No task is named {name!r}. Tasks live in apps/<app>/tasks.py, named by name=.") from None
