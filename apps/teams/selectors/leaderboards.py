"""The leaderboards: overall, of a game, of a region, of a game in a region.

What everyone sees is kept for a quarter of an hour and forgotten when points or teams change. Nothing in it depends on
the viewer: which rows are the viewer's own is asked each time.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, Max, Window
from django.db.models.functions import RowNumber

from apps.corelib import games
from apps.teams.models import RankingRun, TeamMembership, TeamRankingBreakdown, TeamRankingHistory
from apps.teams.permissions import Viewer
from apps.teams.selectors import shelves

PAGE_SIZE = 50
TREND_LENGTH = 12
SHELF = shelves.LEADERBOARD


@dataclass(frozen=True)
class Scope:
    """Which board. Empty means all."""

    game: str = ""
    region: str = ""

    @property
    def key(self) -> str:
        return f"{self.game}:{self.region}"


@dataclass(frozen=True)
class Line:
    """One team's place. ``movement`` counts places won since the recalculation before; None: it had no place then."""

    team_id: int
    position: int
    movement: int | None
    points: int
    name: str
    tag: str
    href: str
    crest_src: str
    game: str
    game_name: str
    trend: tuple[int, ...]
    tie: str
    mine: bool = False


@dataclass(frozen=True)
class Board:
    """A page of a board. ``next_after`` is where the next one goes on, 0 on the last; ``last_place`` ends the board."""

    lines: tuple[Line, ...]
    next_after: int
    last_place: int
    counted_at: datetime | None


def board(scope: Scope, *, viewer: Viewer, after: int = 0) -> Board:
    """Return the teams behind place ``after``. From the cache no query, but one for the teams of someone logged in."""
    page = public_board(scope, after=after)
    if not viewer.is_authenticated:
        return page
    mine = set(TeamMembership.objects.active().filter(profile__user=viewer).values_list("team_id", flat=True))
    return replace(page, lines=tuple(replace(line, mine=line.team_id in mine) for line in page.lines))


def public_board(scope: Scope, *, after: int = 0) -> Board:
    """Return what everyone sees of a board. A page is the next fifty places, so that there are only so many to keep."""
    after -= after % PAGE_SIZE
    if after:
        first = public_board(scope)
        if after >= first.last_place:
            return replace(first, lines=(), next_after=0)
    return SHELF.get(f"{scope.key}:{after}", lambda: _build(scope, after))


def top_teams(count: int) -> tuple[Line, ...]:
    """Return the first teams that have points."""
    return tuple(line for line in public_board(Scope()).lines[:count] if line.points)


def first_of_each_game(count: int) -> dict[str, tuple[Line, ...]]:
    """Return the first teams of every game, without their trend. One query; kept by who asks."""
    rows = _rows(Scope()).filter(game_rank__lte=count).order_by("game", "game_rank")
    found: dict[str, tuple[Line, ...]] = {}
    for row in rows.annotate(position=F("game_rank"), before=F("previous_game_rank")):
        found[row.game] = (*found.get(row.game, ()), _line(row, None, ()))
    return found


def forget() -> None:
    """Let the next reader of any list of teams see what is in the database now."""
    shelves.forget_lists()


def _build(scope: Scope, after: int) -> Board:
    # The row at ``after`` is on the page before: it comes along to tell a tie across the edge. The last only says that
    # there is more.
    rows = _rows(scope)
    found = list(rows.filter(position__gte=after).order_by("position")[: PAGE_SIZE + 2])
    above = found.pop(0) if found and found[0].position == after else None
    more = any(row.position > after + PAGE_SIZE for row in found)
    found = [row for row in found if row.position <= after + PAGE_SIZE]
    trends = _trends([row.team_id for row in found])
    lines = []
    for row in found:
        lines.append(_line(row, above, trends.get(row.team_id, ())))
        above = row
    run = RankingRun.objects.first()
    return Board(
        lines=tuple(lines),
        next_after=after + PAGE_SIZE if more else 0,
        last_place=rows.aggregate(last=Max("position"))["last"] or 0,
        counted_at=run.finished_at if run else None,
    )


def _rows(scope: Scope) -> Any:
    """Return the ranked teams with ``position`` and ``before``. A single board is a walk along its index."""
    rows = (
        TeamRankingBreakdown.objects.filter(rank__isnull=False, team__is_active=True, team__is_public=True)
        .select_related("team")
        .order_by()
    )
    if scope.game and scope.region:
        # No numbers are stored for this crossing: it is small, and counted when asked for.
        return rows.filter(game=scope.game, region=scope.region).annotate(
            position=Window(RowNumber(), order_by=F("rank").asc()),
            before=Window(RowNumber(), order_by=F("previous_rank").asc(nulls_last=True)),
        )
    if scope.game:
        return rows.filter(game=scope.game).annotate(position=F("game_rank"), before=F("previous_game_rank"))
    if scope.region:
        return rows.filter(region=scope.region).annotate(position=F("region_rank"), before=F("previous_region_rank"))
    return rows.annotate(position=F("rank"), before=F("previous_rank"))


def _line(row: Any, above: Any, trend: tuple[int, ...]) -> Line:
    team = row.team
    known = row.previous_rank is not None and row.before is not None
    return Line(
        team_id=team.pk,
        position=row.position,
        movement=row.before - row.position if known else None,
        points=row.total,
        name=team.name,
        tag=team.tag,
        href=team.get_absolute_url(),
        crest_src=team.crest_src,
        game=team.game,
        game_name=games.get(team.game).name,
        trend=trend,
        tie=tie_text(row, above) if above is not None and above.total == row.total else "",
    )


def tie_text(row: TeamRankingBreakdown, above: TeamRankingBreakdown) -> str:
    """Say why ``above`` stands above a team with as many points: the order of ``ranking_service``, in words."""
    if above.wins > row.wins:
        return f"Level with {above.team.tag}, which has more titles"
    if above.team.created_at < row.team.created_at:
        return f"Level with {above.team.tag}, the older team"
    return f"Level with {above.team.tag}, which registered first"


def _trends(team_ids: list[int]) -> dict[int, tuple[int, ...]]:
    """Return each team's last points, oldest first. One query for the page."""
    changes = (
        TeamRankingHistory.objects.filter(team__in=team_ids)
        .annotate(age=Window(RowNumber(), partition_by="team", order_by=[F("created_at").desc(), F("pk").desc()]))
        .filter(age__lte=TREND_LENGTH)
        .order_by("team", "-age")
        .values_list("team_id", "before", "after")
    )
    trends: dict[int, tuple[int, ...]] = {}
    for team_id, before, after in changes:
        trends[team_id] = (*trends.get(team_id, (before,)), after)
    return trends
