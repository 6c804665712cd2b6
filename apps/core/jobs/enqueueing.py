"""The one way work is started."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core import context
from apps.core.jobs import arguments, dispatch, registry
from apps.core.models import Job


def enqueue(
    name: str,
    /,
    *,
    _queue: str | None = None,
    _run_at: datetime | None = None,
    _dedupe_key: str | None = None,
    **args: Any,
) -> Job:
    """Write a job into the caller's transaction; it runs after commit, and not at all after a rollback.

    Args:
        name: The task's name, as in ``@shared_task(name="teams.send_invite_notification")``.
        _queue: ``critical`` (people wait for it), ``default`` or ``bulk``; the task's own queue when left out.
        _run_at: Not before this time, to about five seconds.
        _dedupe_key: While a job with this key is queued or running, that job is returned and no second one is made.
        **args: What the task is called with: JSON, best the ids of rows.

    Raises:
        UnknownTask: No app has a task of this name.
        TypeError: The arguments are not JSON, or not those of the task.
        ValueError: The arguments are too long, the queue is unknown, or ``_run_at`` has no time zone.
    """
    task = registry.task_named(name)
    arguments.check(args)
    task.check_signature(args)
    queue = _queue or task.job_queue
    if queue not in Job.Queue.values:
        raise ValueError(f"No queue is named {queue!r}. There are {', '.join(Job.Queue.values)}.")
    if _run_at is not None and timezone.is_naive(_run_at):
        raise ValueError("_run_at needs a time zone.")

    here = context.current()
    job = Job(
        name=name,
        args=args,
        queue=queue,
        dedupe_key=_dedupe_key,
        request_id=here.request_id,
        actor_id=here.user_id,
    )
    if _run_at is not None:
        job.run_at = _run_at
    waits = _run_at is not None and _run_at > timezone.now()
    if not waits:
        job.dispatched_at = timezone.now()
    return _insert(job, send=not waits)


def _insert(job: Job, *, send: bool) -> Job:
    if job.dedupe_key is None:
        job.save(force_insert=True)
    elif (twin := _insert_unless_twin(job)) is not job:
        return twin
    if send:
        transaction.on_commit(partial(dispatch.deliver, job), robust=True)
    return job


def _insert_unless_twin(job: Job) -> Job:
    """Insert and return ``job``, or return the unfinished job that has its key."""
    for tries_left in (2, 1, 0):
        try:
            with transaction.atomic():
                job.save(force_insert=True)
        except IntegrityError:
            twin = Job.objects.filter(dedupe_key=job.dedupe_key, state__in=Job.UNFINISHED).first()
            if twin is not None:
                return twin
            if not tries_left:  # each time one finished between the two statements, which nobody believes
                raise
        else:
            break
    return job
