"""What is waiting, running and broken, for people and for monitors."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.core.jobs import schedules
from apps.core.models import Job, Schedule


@dataclass(frozen=True)
class Line:
    """The jobs of one queue in one state. ``oldest_seconds`` counts from when they should have run or ended."""

    queue: str
    state: str
    count: int
    oldest_seconds: float | None


@dataclass(frozen=True)
class ScheduleLine:
    """An entry of the schedule. ``late_seconds`` above a minute or two means that no beat runs."""

    name: str
    last_due_at: datetime | None
    next_due_at: datetime | None
    late_seconds: float


def overview() -> list[Line]:
    """Return counts by queue and state, with the age of the oldest job that is due, running or failed."""
    now = timezone.now()
    rows = (
        Job.objects.values("queue", "state")
        .annotate(
            count=Count("pk"),
            due=Min("run_at", filter=Q(state=Job.State.QUEUED, run_at__lte=now)),
            started=Min("started_at", filter=Q(state=Job.State.RUNNING)),
            failed=Min("finished_at", filter=Q(state=Job.State.FAILED)),
        )
        .order_by("queue", "state")
    )
    lines = []
    for row in rows:
        since = row["due"] or row["started"] or row["failed"]
        age = max((now - since).total_seconds(), 0.0) if since else None
        lines.append(Line(row["queue"], row["state"], row["count"], age))
    return lines


def schedule_overview() -> list[ScheduleLine]:
    """Return each entry of the schedule with how late it is. An entry that beat has never seen has no times."""
    now = timezone.now()
    known = dict(Schedule.objects.values_list("name", "due_at"))
    lines = []
    for entry in schedules.entries():
        last = known.get(entry.name)
        following = schedules.next_due(entry.when, last) if last else None
        late = max((now - following).total_seconds(), 0.0) if following else 0.0
        lines.append(ScheduleLine(entry.name, last, following, late))
    return lines
