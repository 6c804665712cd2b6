"""Jobs that wait, run and failed; the schedule; workers and beats."""

from django.db.models import Count, Min
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.jobs import dispatch, heartbeats, selectors
from apps.core.metrics.sources import Family, Source, Values
from apps.core.models import Job

WAITING = Family("deltacrown_jobs_waiting", "Jobs that are due and not begun.", ("queue",))
OLDEST = Family("deltacrown_jobs_oldest_waiting_seconds", "How long the oldest of them is due.", ("queue",))
RUNNING = Family("deltacrown_jobs_running", "Jobs that run now.", ("queue",))
FAILED = Family("deltacrown_jobs_failed", "Jobs that failed for good and wait for a person.")
MESSAGES = Family("deltacrown_broker_messages", "Messages that wait in the broker.", ("queue",))
SUCCESS = Family("deltacrown_schedule_last_success_timestamp_seconds", "When it last succeeded.", ("schedule",))
LATE = Family("deltacrown_schedule_late_seconds", "How long ago beat should have started it.", ("schedule",))
MISSED = Family("deltacrown_schedule_missed", "1 when two of its times passed without a success.", ("schedule",))
SILENCE = Family("deltacrown_heartbeat_age_seconds", "Since when no process of this kind has reported.", ("kind",))


def queues() -> Values:
    due = Job.objects.filter(state=Job.State.QUEUED, run_at__lte=Now())
    waiting = {row["queue"]: row for row in due.values("queue").annotate(number=Count("pk"), since=Min("run_at"))}
    running = Job.objects.filter(state=Job.State.RUNNING).values("queue").annotate(number=Count("pk"))
    now = timezone.now()
    none = dict.fromkeys(Job.Queue.values, 0.0)
    return {
        WAITING.name: none | {queue: float(row["number"]) for queue, row in waiting.items()},
        OLDEST.name: none | {queue: max((now - row["since"]).total_seconds(), 0) for queue, row in waiting.items()},
        RUNNING.name: none | {row["queue"]: float(row["number"]) for row in running},
        FAILED.name: Job.objects.filter(state=Job.State.FAILED).count(),
    }


def messages() -> Values:
    return {MESSAGES.name: {queue: dispatch.depth(queue) for queue in Job.Queue.values}}


def schedule() -> Values:
    lines = selectors.schedule_overview()
    return {
        SUCCESS.name: {line.name: line.last_success_at.timestamp() for line in lines if line.last_success_at},
        LATE.name: {line.name: line.late_seconds for line in lines},
        MISSED.name: {line.name: float(line.misses) for line in lines},
    }


def silence() -> Values:
    now = timezone.now()
    seen = {kind: heartbeats.last_seen(kind) for kind in (heartbeats.WORKER, heartbeats.BEAT)}
    return {SILENCE.name: {kind: max((now - at).total_seconds(), 0) for kind, at in seen.items() if at is not None}}


SOURCES = (
    Source("queues", (WAITING, OLDEST, RUNNING, FAILED), queues),
    Source("broker messages", (MESSAGES,), messages, database=False),
    Source("schedule", (SUCCESS, LATE, MISSED), schedule, fresh_for=15),
    Source("heartbeats", (SILENCE,), silence),
)
