"""Regular work of the platform itself."""

from celery import Task, shared_task

from apps.core.jobs import cleanup


@shared_task(bind=True, name="core.delete_finished_jobs", job_queue="bulk", atomic=False)
def delete_finished_jobs(self: Task) -> dict[str, int]:
    """Delete jobs that ended more than 30 days ago. Not atomic: batches stay deleted when it is stopped half-way."""
    return {"deleted": cleanup.delete_finished()}
