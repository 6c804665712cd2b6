"""What is waiting, running and broken, for people and for monitors."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from apps.core.jobs import schedules
from apps.core.models import Job, Schedule

# A job that was due a moment ago may still run.
GRACE = timedelta(minutes=5)


@dataclass(frozen=True)
class Line:
    """The jobs of one queue in one state. ``oldest_seconds`` counts from when they should have run or ended."""

    queue: str
    state: str
    count: int
    oldest_seconds: float | None


@dataclass(frozen=True)
class ScheduleLine:
    """An entry of the schedule.

    ``late_seconds`` above a minute or two means that no beat runs. ``misses`` says that two times have passed since the
    last success: its jobs fail, or no worker runs them.
    """

    name: str
    task: str
    when: str
    last_due_at: datetime | None
    next_due_at: datetime | None
    late_seconds: float
    last_success_at: datetime | None
    paused_at: datetime | None
    misses: bool


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
    known = Schedule.objects.in_bulk()
    return [schedule_line(entry, known.get(entry.name), now) for entry in schedules.entries()]


def schedule_line(entry: schedules.Entry, row: Schedule | None, now: datetime) -> ScheduleLine:
    """Put together what the code and the database know of one entry."""
    last = row.due_at if row else None
    paused = row.paused_at if row else None
    following = schedules.next_due(entry.when, last) if last else None
    late = max((now - following).total_seconds(), 0.0) if following and not paused else 0.0
    success = row.last_success_at if row else None
    return ScheduleLine(
        name=entry.name,
        task=entry.task,
        when=schedules.in_words(entry.when),
        last_due_at=last,
        next_due_at=following,
        late_seconds=late,
        last_success_at=success,
        paused_at=paused,
        misses=bool(success and not paused and _two_times_after(entry, success) < now),
    )


def _two_times_after(entry: schedules.Entry, success: datetime) -> datetime:
    return schedules.next_due(entry.when, schedules.next_due(entry.when, success)) + GRACE
