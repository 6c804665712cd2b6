"""Regular work of the platform itself."""

from celery import shared_task
from django.contrib.auth import get_user_model

from apps.core.backups import asking, scheduled
from apps.core.backups.errors import Busy
from apps.core.jobs import RetryLater, cleanup, heartbeats
from apps.core.jobs.task import JobTask


@shared_task(base=JobTask, bind=True, name="core.delete_finished_jobs", job_queue="bulk", atomic=False)
def delete_finished_jobs(self: JobTask) -> dict[str, int]:
    """Delete jobs that ended more than 30 days ago. Not atomic: batches stay deleted when it is stopped half-way."""
    return {"deleted": cleanup.delete_finished(), "heartbeats": heartbeats.forget_old()}


@shared_task(base=JobTask, bind=True, name="core.delete_expired_sessions", job_queue="bulk", atomic=False)
def delete_expired_sessions(self: JobTask) -> dict[str, int]:
    """Delete logins that ran out: the site asks for the date, so nobody waits for this."""
    return {"deleted": cleanup.delete_expired_sessions()}


# The timer's run, or another beat's, may be under way: the next try comes after this.
BUSY_SECONDS = 600


@shared_task(base=JobTask, bind=True, name="core.back_up", job_queue="bulk", atomic=False, max_retries=12)
def back_up(self: JobTask) -> dict[str, str | None]:
    """Make the day's backup, unless the timer has. Not atomic: it runs programs, and each step stands by itself."""
    try:
        made = scheduled.back_up()
    except Busy as error:
        raise RetryLater(error.message, seconds=BUSY_SECONDS) from error
    return {"set": made.id if made else None}


@shared_task(base=JobTask, bind=True, name="core.run_backup", job_queue="bulk", atomic=False, max_retries=12)
def run_backup(self: JobTask, kind: str, set_id: str, occasion: str, asked_by: int | None) -> dict[str, str | None]:
    """Make or prove what staff asked for. Done once under its occasion, also when it is run again after a crash."""
    actor = get_user_model().objects.filter(pk=asked_by).first() if asked_by else None
    try:
        done = asking.carry_out(actor=actor, kind=kind, set_id=set_id, occasion=occasion)
    except Busy as error:
        raise RetryLater(error.message, seconds=BUSY_SECONDS) from error
    return {"set": done.id if done else None}


@shared_task(base=JobTask, bind=True, name="core.drill_backup", job_queue="bulk", atomic=False, max_retries=12)
def drill_backup(self: JobTask) -> dict[str, str | None]:
    """Restore the newest backup into a cluster of its own and compare it, once a week."""
    try:
        proved = scheduled.drill()
    except Busy as error:
        raise RetryLater(error.message, seconds=BUSY_SECONDS) from error
    return {"set": proved.id if proved else None}
