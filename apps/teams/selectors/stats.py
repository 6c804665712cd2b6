"""A team in figures: what everyone sees, and what happens inside for those whom the captain shows it.

Both are kept for five minutes and built by one reader at a time. What changes them forgets them sooner.
"""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format

from apps.common.single_flight import Shelf
from apps.corelib.charts import Datum
from apps.teams.models import (
    ChatMessage,
    PracticeAnswer,
    PracticeSession,
    RosterChange,
    Team,
    TeamFollow,
    TeamMembership,
    TeamPost,
    TeamRankingHistory,
)
from apps.teams.selectors import results

WEEKS = 12
CHANGES = 60
# The number says what is in the values: raise it when their fields change, since another release may have stored them.
# One shelf a team, so that a change of one leaves the others alone; what follows from points is forgotten for all.
SECONDS = 5 * 60
POINTS = Shelf("teams:stats:points:1", SECONDS)


@dataclass(frozen=True)
class Standings:
    """What follows from points. ``places`` are those in the team's game; empty for a team without a place."""

    points: tuple[Datum, ...]
    places: tuple[Datum, ...]


@dataclass(frozen=True)
class Figures:
    """What everyone may see who sees the team."""

    record: results.Record
    placements: tuple[Datum, ...]
    roster: tuple[Datum, ...]
    followers: tuple[Datum, ...]


@dataclass(frozen=True)
class Activity:
    """What happens inside, by week; and how often each present member said yes."""

    practice: tuple[Datum, ...]
    chat_days: tuple[Datum, ...]
    posts: tuple[Datum, ...]
    coming: tuple[Datum, ...]

    @property
    def is_empty(self) -> bool:
        return not any(datum.value for series in (self.practice, self.chat_days, self.posts) for datum in series)


def standings_of(team: Team) -> Standings:
    """Return points and places over time. Three queries, none from the cache."""
    return POINTS.get(str(team.pk), lambda: _standings(team))


def figures_of(team: Team) -> Figures:
    """Return results, roster and followers over time. Three queries, none from the cache."""
    return _shelf(team.pk).get("figures", lambda: _figures(team))


def activity_of(team: Team) -> Activity:
    """Return what happens inside. Four queries, none from the cache. Ask the permissions first."""
    return _shelf(team.pk).get("activity", lambda: _activity(team))


def forget(team_id: int) -> None:
    """Let the next reader of this team's figures see what is in the database now."""
    _shelf(team_id).forget()


def forget_points() -> None:
    """The same for what follows from points, of all teams."""
    POINTS.forget()


def _shelf(team_id: int) -> Shelf:
    return Shelf(f"teams:stats:3:{team_id}", SECONDS)


def _days() -> list[date]:
    """Return today and the same day of the weeks before, oldest first."""
    today = timezone.localdate()
    return [today - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]


def _ends(days: list[date]) -> list[datetime]:
    """Return the moments at which these days end where people live."""
    midnight = datetime.min.time()
    return [timezone.make_aware(datetime.combine(day + timedelta(days=1), midnight)) for day in days]


def _label(day: date) -> str:
    return date_format(day, "j M")


def _standings(team: Team) -> Standings:
    changes = list(TeamRankingHistory.objects.filter(team=team).values_list("created_at", "after")[:CHANGES])
    points = tuple(Datum(_label(timezone.localdate(at)), after) for at, after in reversed(changes))
    return Standings(points, _places(team))


def _places(team: Team) -> tuple[Datum, ...]:
    """Return the place in the game at the end of each week: one more than the teams that had more points then.

    Teams that were level share a place here; the board of today parts them by their titles. Two queries.
    """
    if not (team.is_public and team.is_active):
        return ()
    days = _days()
    ends = dict(enumerate(_ends(days)))
    own = {f"own{week}": Subquery(_last_points(end, team=team.pk).values("after")[:1]) for week, end in ends.items()}
    mine = Team.objects.filter(pk=team.pk).annotate(**own).values(*own).get()
    known = {week: mine[f"own{week}"] for week in ends if mine[f"own{week}"] is not None}
    if not known:
        return ()
    then = {
        f"then{week}": Subquery(_last_points(ends[week], team=OuterRef("pk")).values("after")[:1]) for week in known
    }
    above: dict[str, Any] = {
        f"above{week}": Count("pk", filter=Q(**{f"then{week}__gt": points})) for week, points in known.items()
    }
    counts = Team.objects.listed().filter(game=team.game).annotate(**then).aggregate(**above)
    return tuple(Datum(_label(days[week]), counts[f"above{week}"] + 1) for week in known)


def _last_points(end: datetime, *, team: Any) -> Any:
    return TeamRankingHistory.objects.filter(team=team, created_at__lt=end).order_by("-created_at", "-pk")


def _figures(team: Team) -> Figures:
    record = results.record_of(team)
    others = record.played - record.titles - record.finals - record.top_fours
    placements = (
        Datum("Titles", record.titles, tone="1"),
        Datum("Lost finals", record.finals),
        Datum("3rd and 4th", record.top_fours),
        Datum("Other places", others),
    )
    return Figures(record, placements if record.played else (), _roster(team), _followers(team))


def _roster(team: Team) -> tuple[Datum, ...]:
    """Return how many had a seat at the end of each week. One query over the team's steps."""
    steps = RosterChange.objects.filter(team=team).order_by("at", "pk").values_list("at", "profile_id", "status")
    seated: set[int] = set()
    moments, sizes = [], []
    for at, profile_id, status in steps:
        (seated.add if status == TeamMembership.Status.ACTIVE else seated.discard)(profile_id)
        moments.append(at)
        sizes.append(len(seated))
    found = []
    days = _days()
    for day, end in zip(days, _ends(days), strict=True):
        # Nothing before the first step, nor at its very end: a week in which the team was not there has no size.
        if index := bisect_right(moments, end):
            found.append(Datum(_label(day), sizes[index - 1]))
    return tuple(found)


def _followers(team: Team) -> tuple[Datum, ...]:
    """Return today's followers by when they came: who stopped following is counted at no time. One query."""
    days = _days()
    since = {f"w{week}": Count("pk", filter=Q(created_at__lt=end)) for week, end in enumerate(_ends(days))}
    counts = TeamFollow.objects.counted().filter(team=team).aggregate(**since)
    return tuple(Datum(_label(day), counts[f"w{week}"]) for week, day in enumerate(days))


def _activity(team: Team) -> Activity:
    days = _days()
    begin = _ends([days[0] - timedelta(weeks=1)])[0]
    now = timezone.now()
    held = PracticeSession.objects.planned().filter(team=team, ends_at__gte=begin, ends_at__lte=now)
    practice = _by_week(days, [timezone.localdate(at) for at in held.values_list("ends_at", flat=True)])
    talked = ChatMessage.objects.filter(team=team, created_at__gte=begin, deleted_at=None)
    chat = _by_week(
        days, talked.order_by().annotate(day=TruncDate("created_at")).values_list("day", flat=True).distinct()
    )
    written = TeamPost.objects.published().filter(team=team, published_at__gte=begin)
    posts = _by_week(days, [timezone.localdate(at) for at in written.values_list("published_at", flat=True) if at])
    return Activity(practice, chat, posts, _coming(team, held))


def _coming(team: Team, held: Any) -> tuple[Datum, ...]:
    """Return how often each present member said yes to what took place. One query."""
    yes = (
        PracticeAnswer.objects.filter(session__in=held.values("pk"), answer=PracticeAnswer.Answer.YES)
        .filter(user=OuterRef("profile__user"))
        .order_by()
        .values("user")
        .annotate(times=Count("pk"))
        .values("times")
    )
    members = (
        TeamMembership.objects.active()
        .filter(team=team)
        .annotate(times=Subquery(yes))
        .order_by("-times", "joined_at", "pk")
        .values_list("profile__display_name", "times")
    )
    found = [Datum(name, times or 0) for name, times in members]
    found.sort(key=lambda datum: -datum.value)
    return tuple(found) if any(datum.value for datum in found) else ()


def _by_week(days: list[date], happened: Any) -> tuple[Datum, ...]:
    """Count days into weeks. A week is named by its last day."""
    counts: Counter[int] = Counter()
    for day in happened:
        ago = (days[-1] - day).days // 7
        if 0 <= ago < WEEKS:
            counts[WEEKS - 1 - ago] += 1
    return tuple(Datum(_label(day), counts[week]) for week, day in enumerate(days))
