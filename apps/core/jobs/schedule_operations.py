"""What staff may do to the schedule by hand. The times themselves stand in the code."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.core import audit
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.jobs import schedules
from apps.core.jobs.schedules import Entry
from apps.core.models import Job, Schedule

PERMISSION = "core.manage_schedule"


def check_may_manage(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless ``actor`` may act on the schedule. ``None`` is the operator at the shell."""
    if not can_manage(actor):
        raise PermissionRefused("Changing the schedule needs the permission “Can pause, resume and run the schedule”.")


def can_manage(actor: Any) -> bool:
    """Tell whether ``actor`` may pause, resume and run entries."""
    return actor is None or bool(actor.has_perm(PERMISSION))


def pause(*, actor: Any, name: str) -> Schedule:
    """Let an entry's times pass without a job, until it is resumed. A job that waits or runs is not stopped.

    Raises:
        PermissionRefused: The actor lacks ``core.manage_schedule``.
        NotFound: The schedule has no such entry.
        Conflict: It is paused already.
    """
    return _set_paused(actor, name, paused=True)


def resume(*, actor: Any, name: str) -> Schedule:
    """Let an entry run again, from its next time on: what passed meanwhile is not made up for.

    Raises:
        PermissionRefused: The actor lacks ``core.manage_schedule``.
        NotFound: The schedule has no such entry.
        Conflict: It is not paused.
    """
    return _set_paused(actor, name, paused=False)


def run_now(*, actor: Any, name: str) -> Job:
    """Start an entry's job now, paused or not. One that waits or runs already is returned instead of a second.

    Raises:
        PermissionRefused: The actor lacks ``core.manage_schedule``.
        NotFound: The schedule has no such entry.
    """
    check_may_manage(actor)
    entry = _entry(name)
    with transaction.atomic():
        job = schedules.enqueue_now(entry)
        row = Schedule.objects.get(name=name)
        audit.record(actor=actor, action="schedule.run_now", target=row, old={}, new={"job": job.pk})
    return job


def _set_paused(actor: Any, name: str, *, paused: bool) -> Schedule:
    check_may_manage(actor)
    _entry(name)
    with transaction.atomic():
        now = timezone.now()
        Schedule.objects.bulk_create([Schedule(name=name, due_at=now)], ignore_conflicts=True)
        row = Schedule.objects.select_for_update().get(name=name)
        if (row.paused_at is not None) == paused:
            raise Conflict(f"{name} is {'paused already' if paused else 'not paused'}.")
        row.paused_at = now if paused else None
        if not paused:
            row.due_at = max(row.due_at, now)  # no beat may have run meanwhile, and so not moved it on
        row.save(update_fields=["paused_at", "due_at"])
        audit.record(
            actor=actor,
            action="schedule.paused" if paused else "schedule.resumed",
            target=row,
            old={"paused": not paused},
            new={"paused": paused},
        )
    return row


def _entry(name: str) -> Entry:
    for entry in schedules.entries():
        if entry.name == name:
            return entry
    raise NotFound(f"The schedule has no entry {name!r}.")
