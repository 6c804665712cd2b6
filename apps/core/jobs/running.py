"""Running one job: claim, body, end; or what to do with the error."""

import logging
import time
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.core import context
from apps.core.jobs import arguments, leases, registry, retrying, schedule_rows
from apps.core.metrics import recording
from apps.core.models import Job, OutgoingHold
from apps.core.scrubbing import database_words, scrub, scrub_trace

if TYPE_CHECKING:
    from apps.core.jobs.task import JobTask

logger = logging.getLogger(__name__)

TRACE_MAX_CHARACTERS = 20_000
# A job of a newer release than this worker: another worker knows it, or this one after its restart.
UNKNOWN_TASK_PAUSE = timedelta(seconds=60)
# After a restore, until `restore --release-outgoing`: looked at again this often.
HELD_PAUSE = timedelta(seconds=60)


def run(job_id: int) -> bool:
    """Run the job if it can be claimed. Return whether this call brought it to its success.

    A second delivery of the same job claims nothing and returns. Errors of the task end in the row, not in an
    exception; only the database's own while claiming come out.
    """
    job = leases.claim(job_id)
    if job is None:
        logger.info("Job %s is not for now: done, taken, cancelled or not due", job_id)
        return False
    bound = context.bind(request_id=job.request_id, user_id=job.actor_id, task_id=str(job.pk), ends_at=None)
    with bound, leases.held(job):
        try:
            task = _task_of(job)
        except registry.UnknownTask as error:
            logger.warning("Job %s waits for a worker that knows it: %s", job.pk, error)
            leases.end(job, state=Job.State.QUEUED, run_at=Now() + UNKNOWN_TASK_PAUSE, attempts=F("attempts") - 1)
            return False
        if task.outgoing and OutgoingHold.objects.exists():
            logger.info("Job %s waits: mails and webhooks are held after a restore", job.pk)
            again = {"run_at": Now() + HELD_PAUSE, "dispatched_at": None, "attempts": F("attempts") - 1}
            leases.end(job, state=Job.State.QUEUED, **again)
            return False
        began = time.perf_counter()
        try:
            _run_body(job, task)
        except leases.LeaseLost:
            _count(job, "lost", began)
            logger.warning("Job %s was taken over meanwhile; what it did here is rolled back", job.pk)
            return False
        except Exception as error:  # whatever a task raises is its result
            _count(job, _note_failure(job, task, error), began)
            return False
        _count(job, "succeeded", began)
    return True


def _count(job: Job, outcome: str, began: float) -> None:
    recording.job(job.name, outcome, time.perf_counter() - began)


def _task_of(job: Job) -> "JobTask":
    """Return the task if this release can run it so: enqueuing checks arguments, so others are another release's."""
    task = registry.task_named(job.name)
    try:
        task.check_signature(job.args)
    except TypeError as error:
        raise registry.UnknownTask(f"{job.name} takes other arguments here: {error}") from error
    return task


def _run_body(job: Job, task: "JobTask") -> None:
    if not task.atomic:
        _succeed(job, task.run(**job.args))
        return
    with transaction.atomic():
        # In one transaction: the effects are committed if and only if the job still is ours and is done.
        _succeed(job, task.run(**job.args))


def _succeed(job: Job, result: object) -> None:
    leases.end(job, state=Job.State.SUCCEEDED, finished_at=Now(), result=arguments.storable(result))
    schedule_rows.note_success(job)


def _note_failure(job: Job, task: "JobTask", error: Exception) -> str:
    """Write down what became of it, and return the word for it: failed, retried, or lost."""
    delay = retrying.delay_after(error, job=job, task=task)
    words = database_words(str(error)) if isinstance(error, DatabaseError) else str(error)
    told = _storable(f"{type(error).__name__}: {words}")[:500]
    trace = scrub_trace("".join(traceback.format_exception(error))).replace("\x00", "")[-TRACE_MAX_CHARACTERS:]
    try:
        if delay is None:
            leases.end(job, state=Job.State.FAILED, finished_at=Now(), last_error=told, trace=trace)
        else:
            leases.end(
                job, state=Job.State.QUEUED, run_at=Now() + delay, dispatched_at=None, last_error=told, trace=trace
            )
    except leases.LeaseLost:
        logger.exception("Job %s is no longer ours; an error came after that", job.pk, exc_info=error)
        return "lost"
    except DatabaseError:
        # Its lease will expire, and the sweeper gives it to somebody else.
        logger.exception("Job %s failed, and the database does not answer", job.pk)
        return "lost"
    if delay is None:
        logger.error("Job %s %s failed for good", job.pk, job.name, exc_info=error)
        return "failed"
    logger.warning("Job %s %s failed, again in %.1f s", job.pk, job.name, delay.total_seconds(), exc_info=error)
    return "retried"


def _storable(text: str) -> str:
    """Return ``text`` without what a row can't hold, and without secrets and personal data that an error quotes."""
    return str(scrub(text)).replace("\x00", "")
