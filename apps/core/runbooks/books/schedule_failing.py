"""Entries of the schedule come due and do not succeed."""

from functools import partial

from apps.core.jobs import operations, selectors
from apps.core.models import Job, Schedule
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Name the entries without a success for two times, with what their last job ended with."""
    missing = [line for line in selectors.schedule_overview() if line.misses]
    rows = {row.name: row for row in Schedule.objects.select_related("job")}
    if not missing:
        diagnosis.ok("Every entry of the schedule that has come due has succeeded lately.")
    for line in missing:
        job = rows[line.name].job if line.name in rows else None
        told = f"{line.name} ({line.when}) last succeeded {line.last_success_at:%F %R} UTC"
        if job is None:
            diagnosis.wrong(f"{told}; its last job is not there any more.")
            continue
        diagnosis.evidence[line.name] = {"job": job.pk, "state": job.state, "error": job.last_error, "trace": job.trace}
        diagnosis.wrong(
            f"{told}; its last job {job.pk} is {job.state}{': ' + job.last_error if job.last_error else ''}."
        )
        if job.state == Job.State.FAILED:
            diagnosis.remedies.append(
                Remedy(
                    f"Run job {job.pk} of {line.name} again.",
                    "A task of the schedule takes effect once, however often it runs (docs/jobs.md).",
                    f"manage.py jobs cancel {job.pk}",
                    partial(_requeue, job.pk),
                )
            )
        elif job.state == Job.State.QUEUED:
            diagnosis.advise("Its job waits: manage.py runbook worker-stuck")


def _requeue(job_id: int) -> str:
    operations.requeue(actor=None, job_id=job_id)
    return f"Job {job_id} runs again."


RUNBOOK = Runbook("schedule-failing", "Regular work does not succeed", look, alerts=("ScheduleFailing",), settle=60.0)
