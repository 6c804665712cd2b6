"""Which job belongs to which entry of the schedule, and when it last succeeded."""

from django.db.models.functions import Now

from apps.core.models import Job, Schedule

_PREFIX = "schedule:"


def key_of(name: str) -> str:
    """Return the key under which an entry's job waits: a run that is not over is not started twice."""
    return f"{_PREFIX}{name}"


def note_success(job: Job) -> None:
    """Remember that a regular job succeeded, in the transaction of its end. Other jobs cost nothing here."""
    if job.dedupe_key and job.dedupe_key.startswith(_PREFIX):
        Schedule.objects.filter(name=job.dedupe_key.removeprefix(_PREFIX)).update(last_success_at=Now())
