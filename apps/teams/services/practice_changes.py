"""Move, change, cancel and bring back practice: one session, or it and all that follow in its series."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.errors import Conflict, DomainError
from apps.corelib.weekly import Stretch, moved
from apps.teams import permissions
from apps.teams.models import PracticeAnswer, PracticeSession
from apps.teams.services.practice import (
    TOLD,
    Plan,
    check_ahead,
    check_free,
    check_times,
    fill,
    lock_session,
    remind_of,
)

ONE, FOLLOWING = "one", "following"
SCOPES = (ONE, FOLLOWING)
TIMES = ("starts_at", "ends_at")


@transaction.atomic(durable=True)
def change_practice(
    *, actor: User, session_id: int, plan: Plan, scope: str = ONE, anyway: bool = False
) -> PracticeSession:
    """Change a session that is ahead. What moves loses its answers: they were for another time.

    With ``following``, the later ones of the series move along by as many days, to the same time of day.

    Raises:
        NotFound: There is no such session, or its team is hidden from the actor.
        PermissionRefused: The actor does not plan this team's practice.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: It was cancelled or has begun; or, with the code ``overlaps``, something else is then.
    """
    session = _lock_own(actor, session_id)
    check_ahead(session)
    old = {name: getattr(session, name) for name in TOLD}
    others = _following(session, scope)
    fill(session, plan)
    stretches = _along(session, old, others)
    changed = [name for name in TOLD if old[name] != getattr(session, name)]
    if not changed:
        return session
    moves = bool(set(changed) & set(TIMES))
    if moves and not anyway:
        check_free(session.team, stretches, besides=[session.pk, *(other.pk for other in others)])
    for other, (starts_at, ends_at) in zip(others, stretches[1:], strict=True):
        for name in changed:
            setattr(other, name, getattr(session, name))
        other.starts_at, other.ends_at = starts_at, ends_at
    _store([session, *others], [*changed, *TIMES])
    if moves:
        _ask_again([session, *others])
    _record(actor, session, "changed", others=len(others), changed=changed, old=old)
    jobs.enqueue(
        "teams.send_practice_notification",
        session_id=session.pk,
        change="moved" if moves else "changed",
        sessions=1 + len(others),
    )
    return session


@transaction.atomic(durable=True)
def cancel_practice(*, actor: User, session_id: int, scope: str = ONE) -> PracticeSession:
    """Cancel a session that is ahead. It stays in calendars, marked as cancelled, and never reminds.

    Raises:
        NotFound: There is no such session, or its team is hidden from the actor.
        PermissionRefused: The actor does not plan this team's practice.
        Conflict: It was cancelled already, or has begun.
    """
    session = _lock_own(actor, session_id)
    check_ahead(session)
    rows = [session, *_following(session, scope)]
    for row in rows:
        row.cancelled_at = timezone.now()
    return _settle(actor, rows, "cancelled")


@transaction.atomic(durable=True)
def restore_practice(*, actor: User, session_id: int) -> PracticeSession:
    """Let a cancelled session take place after all.

    Raises:
        NotFound: There is no such session, or its team is hidden from the actor.
        PermissionRefused: The actor does not plan this team's practice.
        Conflict: It is not cancelled, or its time is over.
    """
    session = _lock_own(actor, session_id)
    if not session.is_cancelled:
        raise Conflict("This practice takes place already.")
    if session.has_begun:
        raise Conflict("Its time is over. Plan a new one.")
    session.cancelled_at = None
    remind_of(session)
    return _settle(actor, [session], "restored")


def _lock_own(actor: User, session_id: int) -> PracticeSession:
    session = lock_session(session_id)
    permissions.check_schedule_practice(permissions.standing(actor, session.team))
    return session


def _following(session: PracticeSession, scope: str) -> list[PracticeSession]:
    """Return the later sessions of the series that are still planned, locked."""
    if scope not in SCOPES:
        raise DomainError("Choose this one, or this and all that follow.", field="scope")
    if scope == ONE or session.series_id is None:
        return []
    later = PracticeSession.objects.planned().filter(series=session.series_id, starts_at__gt=session.starts_at)
    return list(later.select_for_update(no_key=True).order_by("starts_at", "pk"))


def _along(session: PracticeSession, old: dict[str, Any], others: list[PracticeSession]) -> list[Stretch]:
    """Return where this one and the others come to stand."""
    if all(old[name] == getattr(session, name) for name in (*TIMES, "time_zone")):
        return [(row.starts_at, row.ends_at) for row in (session, *others)]
    zone = session.zone
    shift = session.starts_at.astimezone(zone).date() - old["starts_at"].astimezone(zone).date()
    stretches = [(session.starts_at, session.ends_at)]
    for other in others:
        begin = moved(other.starts_at, shift=shift, like=session.starts_at, zone=zone)
        check_times(begin, begin + session.length)
        stretches.append((begin, begin + session.length))
    return stretches


def _store(rows: list[PracticeSession], fields: Iterable[str]) -> None:
    """Write them, and let calendars know that they are newer than what was read before."""
    now = timezone.now()
    for row in rows:
        row.sequence += 1
        # A calendar tells versions apart by whole seconds too.
        row.changed_at = max(now, row.changed_at + timedelta(microseconds=1))
    PracticeSession.objects.bulk_update(rows, sorted({*fields, "sequence", "changed_at"}))


def _ask_again(rows: list[PracticeSession]) -> None:
    PracticeAnswer.objects.filter(session__in=[row.pk for row in rows]).delete()
    for row in rows:
        remind_of(row)


def _settle(actor: User, rows: list[PracticeSession], step: str) -> PracticeSession:
    _store(rows, ["cancelled_at"])
    _record(actor, rows[0], step, others=len(rows) - 1, changed=[], old={})
    jobs.enqueue("teams.send_practice_notification", session_id=rows[0].pk, change=step, sessions=len(rows))
    return rows[0]


def _record(
    actor: User, session: PracticeSession, step: str, *, others: int, changed: list[str], old: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        action=f"team.practice_{step}",
        target=session.team,
        old={"practice": session.pk, **{name: old[name] for name in changed}},
        new={**{name: getattr(session, name) for name in changed}, "title": session.title, "following": others},
    )
