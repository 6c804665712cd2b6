"""Practice as pages show it."""

from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.corelib import week
from apps.corelib.weekly import Stretch
from apps.notifications.models import NotificationPreference
from apps.notifications.zones import zone_of
from apps.teams.models import Availability, CalendarFeed, PracticeAnswer, PracticeSession, Team, TeamMembership
from apps.teams.models.practice import PracticeQuerySet
from apps.teams.permissions import Standing

Answer = PracticeAnswer.Answer
MONDAY_FIRST = Calendar(firstweekday=0)


@dataclass(frozen=True)
class Day:
    """One square of the month. ``is_inside`` is false for days of the months before and after."""

    day: date
    is_inside: bool
    is_today: bool
    sessions: tuple[PracticeSession, ...]


@dataclass(frozen=True)
class Month:
    first: date
    days: tuple[Day, ...]

    @property
    def is_full(self) -> bool:
        return any(day.sessions for day in self.days)

    @property
    def before(self) -> str:
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def after(self) -> str:
        return f"{self.first + timedelta(days=31):%Y-%m}"


@dataclass(frozen=True)
class Attendance:
    """Who comes, of those who are in the team now. ``silent`` have not said anything."""

    yes: tuple[TeamMembership, ...]
    maybe: tuple[TeamMembership, ...]
    no: tuple[TeamMembership, ...]
    silent: tuple[TeamMembership, ...]
    mine: str


def zone_for(user: Any) -> ZoneInfo:
    """Return the zone in which this person reads times; the site's for who chose none. One query."""
    chosen = NotificationPreference.objects.filter(user=user.pk).values_list("time_zone", flat=True).first()
    return zone_of(chosen or "")


def sessions_of(viewer: Standing) -> PracticeQuerySet:
    """Return the team's sessions with the viewer's own answer (``mine``) and how many come (``coming``)."""
    own = PracticeAnswer.objects.filter(user=viewer.user.pk)
    current = TeamMembership.objects.current().filter(team=viewer.team).values("profile__user")
    coming = Count("answers", filter=Q(answers__answer=Answer.YES, answers__user__in=current))
    return (
        PracticeSession.objects.filter(team=viewer.team)
        .annotate(coming=coming)
        .prefetch_related(Prefetch("answers", queryset=own, to_attr="own_answers"))
    )


def shown(rows: Iterable[PracticeSession], team: Team) -> list[PracticeSession]:
    """Give the rows their team, whose slug their links need, and ``mine``."""
    found = list(rows)
    for row in found:
        row.team = team
        own: list[PracticeAnswer] = getattr(row, "own_answers", [])
        row.mine = own[0].answer if own else ""  # type: ignore[attr-defined] # for the template
    return found


def month(viewer: Standing, *, first: date, zone: ZoneInfo) -> Month:
    """Return the weeks that hold the month, in the viewer's zone. Two queries."""
    days = list(MONDAY_FIRST.itermonthdates(first.year, first.month))
    begin = datetime.combine(days[0], time.min, tzinfo=zone)
    end = datetime.combine(days[-1] + timedelta(days=1), time.min, tzinfo=zone)
    rows = sessions_of(viewer).filter(starts_at__gte=begin, starts_at__lt=end).order_by("starts_at", "pk")
    by_day: dict[date, list[PracticeSession]] = {}
    for row in shown(rows, viewer.team):
        by_day.setdefault(row.starts_at.astimezone(zone).date(), []).append(row)
    today = timezone.now().astimezone(zone).date()
    return Month(
        first,
        tuple(Day(day, day.month == first.month, day == today, tuple(by_day.get(day, ()))) for day in days),
    )


def session_of(team: Team, session_id: int) -> PracticeSession:
    """Return a session of ``team``. Raises ``NotFound``."""
    session = PracticeSession.objects.select_related("series").filter(team=team, pk=session_id).first()
    if session is None:
        raise NotFound("There is no such practice.")
    session.team = team
    return session


def attendance(session: PracticeSession, viewer: Standing) -> Attendance:
    """Return who comes and who does not. Two queries."""
    said = dict(session.answers.values_list("user_id", "answer"))
    members = (
        TeamMembership.objects.current()
        .filter(team=session.team)
        .select_related("profile__user")
        .order_by("joined_at", "pk")
    )
    by_answer: dict[str, list[TeamMembership]] = {}
    for member in members:
        by_answer.setdefault(said.get(member.profile.user_id, ""), []).append(member)
    return Attendance(
        yes=tuple(by_answer.get(Answer.YES, ())),
        maybe=tuple(by_answer.get(Answer.MAYBE, ())),
        no=tuple(by_answer.get(Answer.NO, ())),
        silent=tuple(by_answer.get("", ())),
        mine=said.get(viewer.membership.profile.user_id, "") if viewer.membership else "",
    )


def has_later(session: PracticeSession) -> bool:
    """Whether the series goes on after this one."""
    if session.series_id is None:
        return False
    later = PracticeSession.objects.planned().filter(series=session.series_id, starts_at__gt=session.starts_at)
    return later.exists()


def conflicts(team: Team, stretches: list[Stretch], *, besides: Iterable[int] = ()) -> list[str]:
    """Say what else happens at these times, in sentences. Two queries.

    Of other teams only how many of our members are in them: their calendar is their own.
    """
    at_once = Q(pk__in=())
    for starts_at, ends_at in stretches:
        at_once |= Q(starts_at__lt=ends_at, ends_at__gt=starts_at)
    planned = PracticeSession.objects.planned().filter(at_once)
    sentences = []
    own = planned.filter(team=team).exclude(pk__in=list(besides)).order_by("starts_at").first()
    if own is not None:
        when = date_format(own.starts_at.astimezone(own.zone), "j M, H:i")
        sentences.append(f"{own.title} is planned then already ({when}).")
    ours = TeamMembership.objects.active().filter(team=team)
    elsewhere = planned.exclude(team=team).filter(team=OuterRef("team"))
    busy = (
        TeamMembership.objects.active()
        .filter(Exists(elsewhere), profile__in=ours.values("profile"), team__is_active=True)
        .exclude(team=team)
        .values("profile")
        .distinct()
        .count()
    )
    if busy:
        sentences.append(f"{busy} of you practise{'s' if busy == 1 else ''} with another team then.")
    return sentences


def ahead_for(user: User) -> QuerySet[PracticeSession]:
    """Return what is planned in all teams of this person, soonest first by ``starts_at`` and key."""
    return (
        PracticeSession.objects.filter(team__in=_teams_of(user), ends_at__gt=timezone.now())
        .select_related("team")
        .prefetch_related(Prefetch("answers", queryset=PracticeAnswer.objects.filter(user=user), to_attr="own_answers"))
    )


def _teams_of(user: User) -> QuerySet[Any, Any]:
    mine = TeamMembership.objects.current().filter(profile__user=user, team__is_active=True)
    return mine.values("team")


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return what the person answered and planned, and that they have calendar addresses, for the export of their data.

    Not the addresses: they are keys.
    """
    return {
        "team_practice_answers": list(
            PracticeAnswer.objects.filter(user=user)
            .order_by("pk")
            .values("answer", "answered_at", "session__title", "session__starts_at", team_name=F("session__team__name"))
        ),
        "team_practice_planned": list(
            PracticeSession.objects.filter(planned_by=user)
            .order_by("pk")
            .values(
                "title", "kind", "starts_at", "ends_at", "place", "link", "opponent", "notes", team_name=F("team__name")
            )
        ),
        "usual_week": [
            week.name_of(place)
            for blocks in Availability.objects.filter(user=user).values_list("blocks", flat=True)
            for place in sorted(week.unpack(blocks))
        ],
        "team_calendars": list(
            CalendarFeed.objects.filter(user=user).order_by("pk").values("created_at", team_name=F("team__name"))
        ),
    }
