"""The regular jobs. The database knows when each was last due, so that many beats start it once, and a late one still.

A run that was missed because nothing was running is made up for once, not as often as it was missed.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import BaseSchedule, crontab, schedule
from django.db import transaction
from django.utils import timezone

from apps.core.jobs import registry
from apps.core.jobs.enqueueing import enqueue
from apps.core.jobs.schedule_rows import key_of
from apps.core.models import Job, Schedule

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """A line of ``beat_schedule``."""

    name: str
    task: str
    when: BaseSchedule
    args: Mapping[str, Any]


def entries() -> list[Entry]:
    """Return the schedule of this installation."""
    return [
        Entry(name, line["task"], _as_schedule(line["schedule"]), line.get("kwargs", {}))
        for name, line in sorted(registry.loaded_app().conf.beat_schedule.items())
    ]


def _as_schedule(when: BaseSchedule | timedelta | float) -> BaseSchedule:
    if isinstance(when, BaseSchedule):
        return when
    return schedule(when if isinstance(when, timedelta) else timedelta(seconds=when))


def next_due(when: BaseSchedule, after: datetime) -> datetime:
    """Return the first time later than ``after`` at which ``when`` is due."""
    if isinstance(when, crontab):
        last, step, _ = when.remaining_delta(after)
        following: datetime = last + step
        return following
    if type(when) is schedule:
        return after + when.run_every  # type: ignore[attr-defined, no-any-return]  # not in celery-types
    raise TypeError(f"A schedule is a crontab or an interval, not {when!r}.")


def in_words(when: BaseSchedule) -> str:
    """Return the times of an entry as cron writes them, or the interval."""
    if isinstance(when, crontab):
        return repr(when).removeprefix("<crontab: ").partition(" (")[0]
    return f"every {getattr(when, 'run_every', when)}"


def enqueue_due(entry: Entry, *, now: datetime | None = None) -> Job | None:
    """Enqueue the entry's job if it is due and no other beat has. A new entry is first due at its next time."""
    now = now or timezone.now()
    return _enqueue_due(entry, Schedule.objects.filter(name=entry.name).first(), now)


def enqueue_now(entry: Entry) -> Job:
    """Enqueue the entry's job whatever its times are; one that waits or runs already is returned."""
    with transaction.atomic():
        Schedule.objects.bulk_create([Schedule(name=entry.name, due_at=timezone.now())], ignore_conflicts=True)
        return _enqueue(entry)


def _enqueue_due(entry: Entry, known: Schedule | None, now: datetime) -> Job | None:
    if known is None:
        Schedule.objects.bulk_create([Schedule(name=entry.name, due_at=now)], ignore_conflicts=True)
        return None
    due = known.due_at
    while (following := next_due(entry.when, due)) <= now:
        due = following
    if due == known.due_at:
        return None
    with transaction.atomic():
        # Compare and swap: of two beats that see the same last time, one changes the row.
        unmoved = Schedule.objects.filter(name=entry.name, due_at=known.due_at)
        if unmoved.exclude(paused_at=None).update(due_at=due) or not unmoved.update(due_at=due):
            return None
        job = _enqueue(entry)
    logger.info("%s was due at %s: job %s", entry.name, due.isoformat(), job.pk)
    return job


def _enqueue(entry: Entry) -> Job:
    job = enqueue(entry.task, _dedupe_key=key_of(entry.name), **entry.args)
    Schedule.objects.filter(name=entry.name).update(job=job)
    return job


def tick(*, now: datetime | None = None) -> float:
    """Enqueue all that is due. Returns the seconds until something is due again.

    One entry that fails is logged and does not keep the others from running.
    """
    now = now or timezone.now()
    waits = [3600.0]
    known = Schedule.objects.in_bulk()
    for entry in entries():
        try:
            _enqueue_due(entry, known.get(entry.name), now)
            waits.append((next_due(entry.when, now) - now).total_seconds())
        except (LookupError, TypeError, ValueError):
            logger.exception("%s can't be enqueued", entry.name)
    return max(min(waits), 0.1)
