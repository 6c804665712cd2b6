"""The class of every task: with a job behind it, it runs the job; without one, it is a plain function."""

import inspect
import logging
from datetime import timedelta
from typing import Any

from celery import Task
from celery.exceptions import Ignore
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from apps.core.jobs import enqueueing, running
from apps.core.jobs.dispatch import JOB_HEADER
from apps.core.jobs.retrying import RetryLater
from apps.core.models import Job

logger = logging.getLogger(__name__)


class JobTask(Task[Any, Any]):
    """A task with a row behind it. Options of ``@shared_task``, besides Celery's:

    ``atomic``: The body and the note of its success are one transaction (the default). A task with effects outside the
    database says ``atomic=False`` and claims each effect by a row of its own.
    ``max_retries``: How often it runs again after an error (3).
    ``backoff_seconds``, ``backoff_max_seconds``: Longest pause before a first retry, then doubled, and its limit.
    ``job_queue``: ``critical``, ``default`` or ``bulk``.
    ``outgoing``: It sends mails or webhooks, and so waits after a restore until a person lets it go.
    ``formerly``: Names that it had before; jobs and messages of the last release still find it.
    """

    atomic = True
    job_queue = "default"
    max_retries = 3
    backoff_seconds = 5
    backoff_max_seconds = 600
    ignore_result = True
    outgoing = False
    formerly: tuple[str, ...] = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Taken, not read: a body that calls its own task by hand must not find the job again.
        job_id = self.request.__dict__.pop(JOB_HEADER, None)
        if job_id is None:
            return super().__call__(*args, **kwargs)
        if not connection.in_atomic_block:
            close_old_connections()  # the last job's connection may be of a server that has been restarted since
        try:
            succeeded = running.run(int(job_id))
        except (OperationalError, InterfaceError) as error:
            logger.warning("Job %s waits for the sweeper: the database does not answer: %s", job_id, error)
            succeeded = False
        if not succeeded:
            # What happened stands in the row; Celery's own "succeeded" in the log would be a lie.
            raise Ignore
        return None

    def check_signature(self, args: dict[str, Any]) -> None:
        """Raise ``TypeError`` unless the body can be called with these arguments."""
        inspect.signature(self.run).bind(**args)

    def apply_async(  # type: ignore[override]  # a row instead of a result
        self, args: Any = None, kwargs: Any = None, *, countdown: float | None = None, **options: Any
    ) -> Job:
        """Enqueue a job: Celery's way in leads to the same place, so that none can be lost by it."""
        run_at = options.get("eta")
        if countdown is not None:
            run_at = timezone.now() + timedelta(seconds=countdown)
        signature = inspect.signature(self.run)
        by_name = dict(signature.bind(*(args or ()), **(kwargs or {})).arguments)
        for parameter in signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                by_name |= by_name.pop(parameter.name, {})
        return enqueueing.enqueue(self.name, _queue=options.get("queue"), _run_at=run_at, **by_name)

    def retry(
        self, *args: Any, exc: BaseException | None = None, countdown: float | None = None, **options: Any
    ) -> Any:
        """Run the job again later. The row is the schedule, so this sends nothing and says so to the runner."""
        if countdown is None:
            raise exc or RuntimeError(f"{self.name} asked to be retried")
        raise RetryLater(str(exc or "asked to be retried"), seconds=countdown) from exc
