"""The ranking that is not: by other weights, or as it stood on a day of the past. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from apps.corelib.ranking import Weights
from apps.teams.models import Team, TeamRankingHistory
from apps.teams.selectors.ranking_totals import totals

SHOWN = 100


@dataclass(frozen=True)
class Move:
    """One public team before and after. A team without a rank yet has 0."""

    team: Team
    rank_before: int
    rank_after: int
    points_before: int
    points_after: int

    @property
    def places(self) -> int:
        return self.rank_before - self.rank_after if self.rank_before else 0


@dataclass(frozen=True)
class Simulation:
    """What would change. ``moves`` are the first by their new rank; the counts are of all teams."""

    moves: tuple[Move, ...]
    teams: int
    points_change: int
    rank_changes: int


@dataclass(frozen=True)
class PastPlace:
    team: Team
    rank: int
    points: int


def simulate(weights: Weights) -> Simulation:
    """Return what a recalculation by ``weights`` would change, now. Two queries."""
    fresh, params = totals(weights, at=timezone.now())
    table = Team._meta.db_table
    sql = (
        "SELECT f.team_id, t.total_points, f.total, t.is_public, "
        "CASE WHEN t.is_public THEN row_number() OVER (PARTITION BY t.is_public "
        "ORDER BY f.total DESC, f.wins DESC, t.created_at, t.id) ELSE 0 END AS rank, COALESCE(b.rank, 0) "
        f"FROM ({fresh}) f JOIN {table} t ON t.id = f.team_id "
        "LEFT JOIN teams_teamrankingbreakdown b ON b.team_id = t.id ORDER BY t.is_public DESC, rank"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    shown = [row for row in rows if row[3]][:SHOWN]
    teams = Team.objects.in_bulk([row[0] for row in shown])
    return Simulation(
        moves=tuple(
            Move(teams[pk], rank_before=old_rank, rank_after=rank, points_before=old, points_after=new)
            for pk, old, new, _, rank, old_rank in shown
        ),
        teams=len(rows),
        points_change=sum(1 for _, old, new, _, _, _ in rows if old != new),
        rank_changes=sum(1 for _, _, _, public, rank, old_rank in rows if public and rank != old_rank),
    )


def ranking_at(at: datetime, *, game: str = "") -> list[PastPlace]:
    """Return the first places as they stood at ``at``, told again from the history. One query.

    Of the teams that are public today. Titles, the tie-breaker, are those at the team's last change of points.
    """
    last = (
        TeamRankingHistory.objects.filter(created_at__lte=at)
        .annotate(age=Window(RowNumber(), partition_by="team", order_by=[F("created_at").desc(), F("pk").desc()]))
        .filter(age=1)
        .values("pk")
    )
    rows = TeamRankingHistory.objects.filter(pk__in=last).filter(
        Q(team__game=game) if game else Q(), team__is_active=True, team__is_public=True
    )
    ordered = rows.select_related("team").order_by("-after", "-titles", "team__created_at", "team_id")[:SHOWN]
    return [PastPlace(row.team, rank, row.after) for rank, row in enumerate(ordered, 1)]
