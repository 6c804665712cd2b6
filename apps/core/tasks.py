"""Regular work of the platform itself."""

from celery import shared_task

from apps.core.jobs import cleanup, heartbeats
from apps.core.jobs.task import JobTask


@shared_task(base=JobTask, bind=True, name="core.delete_finished_jobs", job_queue="bulk", atomic=False)
def delete_finished_jobs(self: JobTask) -> dict[str, int]:
    """Delete jobs that ended more than 30 days ago. Not atomic: batches stay deleted when it is stopped half-way."""
    return {"deleted": cleanup.delete_finished(), "heartbeats": heartbeats.forget_old()}


@shared_task(base=JobTask, bind=True, name="core.delete_expired_sessions", job_queue="bulk", atomic=False)
def delete_expired_sessions(self: JobTask) -> dict[str, int]:
    """Delete logins that ran out: the site asks for the date, so nobody waits for this."""
    return {"deleted": cleanup.delete_expired_sessions()}
