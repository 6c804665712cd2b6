"""Regular work of the platform itself."""

from celery import shared_task

from apps.core.jobs import cleanup
from apps.core.jobs.task import JobTask


@shared_task(base=JobTask, bind=True, name="core.delete_finished_jobs", job_queue="bulk", atomic=False)
def delete_finished_jobs(self: JobTask) -> dict[str, int]:
    """Delete jobs that ended more than 30 days ago. Not atomic: batches stay deleted when it is stopped half-way."""
    return {"deleted": cleanup.delete_finished()}
