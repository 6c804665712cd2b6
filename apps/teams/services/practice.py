"""Plan practice and say who comes. Moving and cancelling are in ``practice_changes``."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs, rate_limit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import typed
from apps.corelib.weekly import Stretch, weekly
from apps.notifications import zones
from apps.teams import permissions
from apps.teams.constants import (
    PRACTICE_AHEAD,
    PRACTICE_LONGEST,
    PRACTICE_REMINDER,
    PRACTICE_WEEKS,
    PRACTICES_PER_TEAM,
)
from apps.teams.models import PracticeAnswer, PracticeSeries, PracticeSession, Team
from apps.teams.selectors import practice as selectors
from apps.teams.services.locks import lock_team

Kind = PracticeSession.Kind
TOLD = ("title", "kind", "starts_at", "ends_at", "time_zone", "place", "link", "opponent", "notes")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody wants to plan. ``time_zone`` is where the clock time was meant."""

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: str = Kind.SCRIM
    time_zone: str = "Asia/Dhaka"
    place: str = ""
    link: str = ""
    opponent: str = ""
    notes: str = ""


@transaction.atomic(durable=True)
def plan_practice(
    *, actor: User, team_id: int, plan: Plan, weekly_until: date | None = None, anyway: bool = False
) -> PracticeSession:
    """Put a practice into the calendar, or one a week until a day, and tell the members. Return the first.

    Args:
        anyway: Plan it although the team or its members practise at that time already.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor does not plan this team's practice.
        DomainError: A field is wrong; ``field`` names it.
        Conflict: With the code ``overlaps``, unless ``anyway``; or the calendar is full.
        RateLimited: More than thirty within an hour.
    """
    team = lock_team(team_id)
    permissions.check_schedule_practice(permissions.standing(actor, team))
    rate_limit.check("teams.plan_practice", key=str(actor.pk), limit=30, seconds=3600)
    session = PracticeSession(team=team, planned_by=actor)
    fill(session, plan)
    stretches = _stretches(session, weekly_until)
    _check_room(team, len(stretches))
    if not anyway:
        check_free(team, stretches)
    if len(stretches) > 1:
        session.series = PracticeSeries.objects.create(team=team)
    rows = PracticeSession.objects.bulk_create(_copies(session, stretches))
    for row in rows:
        remind_of(row)
    audit.record(
        actor=actor,
        action="team.practice_planned",
        target=team,
        old={},
        new={"practice": rows[0].pk, "title": session.title, "starts_at": session.starts_at, "sessions": len(rows)},
    )
    jobs.enqueue("teams.send_practice_notification", session_id=rows[0].pk, change="planned", sessions=len(rows))
    return rows[0]


@transaction.atomic(durable=True)
def answer_practice(*, actor: User, session_id: int, answer: str) -> PracticeAnswer:
    """Say whether one comes. Said again, it is changed.

    Raises:
        NotFound: There is no such session, or its team is hidden from the actor.
        PermissionRefused: The actor is not a member.
        DomainError: It is none of the three answers.
        Conflict: It was cancelled, or has begun.
    """
    session = lock_session(session_id)
    permissions.check_answer_practice(permissions.standing(actor, session.team))
    if answer not in PracticeAnswer.Answer.values:
        raise DomainError("Answer yes, maybe or no.", field="answer")
    check_ahead(session)
    said, _ = PracticeAnswer.objects.update_or_create(
        session=session, user=actor, defaults={"answer": answer, "answered_at": timezone.now()}
    )
    return said


def fill(session: PracticeSession, plan: Plan) -> None:
    """Write the plan into the row. Raises the first thing that is wrong with it."""
    session.title = typed.one_line(plan.title)
    session.kind = plan.kind
    session.starts_at, session.ends_at = plan.starts_at, plan.ends_at
    session.time_zone = plan.time_zone
    session.place = typed.one_line(plan.place)
    session.link = plan.link.strip()
    session.opponent = typed.one_line(plan.opponent)
    session.notes = typed.paragraphs(plan.notes)
    try:
        session.clean_fields(exclude=["team", "series", "planned_by"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error
    if plan.time_zone not in zones.names():
        raise DomainError("There is no such time zone. Write it like Asia/Dhaka.", field="time_zone")
    check_times(session.starts_at, session.ends_at)


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse what is over, lasts too long, or is too far ahead."""
    now = timezone.now()
    if starts_at <= now:
        raise DomainError("That time is over already.", field="starts_at")
    if starts_at > now + PRACTICE_AHEAD:
        raise DomainError(f"Plan at most {PRACTICE_AHEAD.days} days ahead.", field="starts_at")
    if ends_at <= starts_at:
        raise DomainError("It has to end after it begins.", field="ends_at")
    if ends_at - starts_at > PRACTICE_LONGEST:
        raise DomainError("Twelve hours at the most. Sleep, too.", field="ends_at")


def check_free(team: Team, stretches: list[Stretch], *, besides: Iterable[int] = ()) -> None:
    """Say what else happens at these times, as a refusal that the person may set aside."""
    if found := selectors.conflicts(team, stretches, besides=besides):
        raise Conflict(f"{' '.join(found)} Plan it anyway?", field="anyway", code="overlaps")


def check_ahead(session: PracticeSession) -> None:
    if session.is_cancelled:
        raise Conflict("This practice was cancelled.")
    if session.has_begun:
        raise Conflict("This practice has begun already.")


def remind_of(session: PracticeSession) -> None:
    """Start the reminder. When the session is moved or cancelled meanwhile, its job finds that out and says nothing."""
    due = session.starts_at - PRACTICE_REMINDER
    if due <= timezone.now():
        return
    at = session.starts_at.isoformat()
    jobs.enqueue(
        "teams.send_practice_reminder",
        session_id=session.pk,
        starts_at=at,
        _run_at=due,
        _dedupe_key=f"practice:{session.pk}:{at}",
    )


def lock_session(session_id: int) -> PracticeSession:
    """Return the session with its active team, both locked, the team first. Raises ``NotFound``."""
    team_id = PracticeSession.objects.filter(pk=session_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such practice.")
    team = lock_team(team_id)
    session = PracticeSession.objects.select_for_update(no_key=True).get(pk=session_id)
    session.team = team
    return session


def _stretches(session: PracticeSession, until: date | None) -> list[Stretch]:
    if until is None:
        return [(session.starts_at, session.ends_at)]
    first = session.starts_at.astimezone(session.zone).date()
    if until < first:
        raise DomainError("The last week comes before the first.", field="weekly_until")
    if until - first > timedelta(weeks=PRACTICE_WEEKS - 1):
        raise DomainError(f"{PRACTICE_WEEKS} weeks at the most. Plan on when they are over.", field="weekly_until")
    return list(weekly(session.starts_at, session.ends_at, zone=session.zone, until=until))


def _copies(session: PracticeSession, stretches: list[Stretch]) -> list[PracticeSession]:
    told = {name: getattr(session, name) for name in TOLD if name not in {"starts_at", "ends_at"}}
    return [
        PracticeSession(
            team=session.team,
            series=session.series,
            planned_by=session.planned_by,
            starts_at=starts_at,
            ends_at=ends_at,
            **told,
        )
        for starts_at, ends_at in stretches
    ]


def _check_room(team: Team, more: int) -> None:
    ahead = PracticeSession.objects.planned().filter(team=team, starts_at__gt=timezone.now()).count()
    if ahead + more > PRACTICES_PER_TEAM:
        raise Conflict(f"A team plans {PRACTICES_PER_TEAM} sessions ahead at the most.", code="too_many")
