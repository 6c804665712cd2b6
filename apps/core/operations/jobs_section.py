"""Queues, what failed, and the schedule."""

from typing import Any

from django.utils import timezone

from apps.core.jobs import selectors
from apps.core.metrics.families import jobs as figures
from apps.core.models import FailedJob, Job
from apps.core.operations.sections import Section
from apps.corelib.units import duration

SHOWN = 5
LATE_SECONDS = 300.0


def content() -> dict[str, Any]:
    told: Any = figures.queues()
    silence: Any = figures.silence()
    queues = [
        {
            "name": queue,
            "waiting": round(told[figures.WAITING.name][queue]),
            "oldest": duration(told[figures.OLDEST.name][queue]) if told[figures.OLDEST.name][queue] else "–",
            "running": round(told[figures.RUNNING.name][queue]),
        }
        for queue in Job.Queue.values
    ]
    failed = FailedJob.objects.filter(state=Job.State.FAILED)
    newest = failed.order_by("-finished_at").only("pk", "name", "last_error", "finished_at")[:SHOWN]
    return {
        "queues": queues,
        "seen": {kind: duration(age) for kind, age in silence[figures.SILENCE.name].items()},
        "failed": list(newest),
        "failed_number": told[figures.FAILED.name],
    }


def schedule() -> dict[str, Any]:
    lines = selectors.schedule_overview()
    now = timezone.now()
    bad = [line for line in lines if line.misses or line.late_seconds > LATE_SECONDS]
    return {"bad": bad, "lines": lines, "now": now, "seen": any(line.last_due_at for line in lines)}


SECTIONS = (
    Section("jobs", "Jobs", 50, "core/operations/jobs.html", content),
    Section("schedules", "Schedule", 55, "core/operations/schedules.html", schedule),
)
