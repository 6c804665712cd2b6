"""Why a team stands where it stands: each part of its points, and the rows that earned them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from apps.corelib.charts import Datum
from apps.corelib.ranking import COMPONENTS, Component, full_months
from apps.teams.models import RankingRun, Team, TeamPointsAdjustment, TeamRankingBreakdown, TeamRankingHistory
from apps.teams.selectors.leaderboards import tie_text
from apps.teams.selectors.ranking_sources import Row, sources
from apps.teams.selectors.ranking_totals import active_weights

SEGMENTS = 6  # series colours of a chart
CHANGES = 12


@dataclass(frozen=True)
class Part:
    """One component: how many were counted, the points, and the rows behind them.

    ``now`` is how many there are at this moment; it differs from ``count`` until the next recalculation.
    """

    component: Component
    count: int
    points: int
    rows: tuple[Row, ...]
    now: int

    @property
    def each(self) -> int:
        """Points for one. The months may be capped, so that the points are fewer than count times this."""
        return self.points // self.count if self.count else 0

    @property
    def is_behind(self) -> bool:
        return self.count != self.now


@dataclass(frozen=True)
class Explanation:
    breakdown: TeamRankingBreakdown
    parts: tuple[Part, ...]
    adjustments: tuple[TeamPointsAdjustment, ...]
    changes: tuple[TeamRankingHistory, ...]
    trend: tuple[Datum, ...]
    segments: tuple[Datum, ...]
    tie: str
    months_capped_at: int | None
    counted_at: datetime | None

    @property
    def sum(self) -> int:
        """What the parts come to. Below zero the team still has zero points."""
        return sum(part.points for part in self.parts) + self.breakdown.adjustment

    @property
    def is_behind(self) -> bool:
        """Whether something has changed since the last recalculation."""
        return any(part.is_behind for part in self.parts)


def explain(team: Team) -> Explanation | None:
    """Return why ``team`` has its points, or nothing before its first recalculation. Queries: a constant number."""
    breakdown = TeamRankingBreakdown.objects.filter(team=team).select_related("team").first()
    if breakdown is None:
        return None
    at = timezone.now()
    rows = _rows(team, at)
    parts = tuple(
        Part(
            component=component,
            count=getattr(breakdown, component.code),
            points=getattr(breakdown, f"{component.code}_points"),
            rows=tuple(rows.get(component.code, ())),
            now=full_months(team.created_at, at) if component.code == "months" else len(rows.get(component.code, ())),
        )
        for component in COMPONENTS
        if getattr(breakdown, component.code) or rows.get(component.code)
    )
    changes = tuple(TeamRankingHistory.objects.filter(team=team)[:CHANGES])
    run = RankingRun.objects.first()
    return Explanation(
        breakdown=breakdown,
        parts=parts,
        adjustments=tuple(TeamPointsAdjustment.objects.filter(team=team)),
        changes=changes,
        trend=tuple(Datum(f"{change.created_at:%d %b %Y}", change.after) for change in reversed(changes)),
        segments=_segments(parts, breakdown.adjustment),
        tie=_tie(breakdown),
        months_capped_at=active_weights().max_months,
        counted_at=run.finished_at if run else None,
    )


def _rows(team: Team, at: datetime) -> dict[str, list[Row]]:
    founded: date = team.created_at.date()
    rows: dict[str, list[Row]] = {"months": [Row("months", "Founded", founded)]}
    for source in sources():
        for row in source.rows(team, at):
            rows.setdefault(row.component, []).append(row)
    return rows


def _segments(parts: tuple[Part, ...], adjustment: int) -> tuple[Datum, ...]:
    """Return the stacked bar, largest first. What was taken away has no length: the table tells it."""
    data = [
        Datum(part.component.label, part.points, href=f"#{part.component.code}") for part in parts if part.points > 0
    ]
    if adjustment > 0:
        data.append(Datum("Given by staff", adjustment, href="#adjustment"))
    data.sort(key=lambda datum: -datum.value)
    if len(data) > SEGMENTS:
        rest = data[SEGMENTS - 1 :]
        data = [*data[: SEGMENTS - 1], Datum("Everything else", sum(datum.value for datum in rest))]
    return tuple(data)


def _tie(breakdown: TeamRankingBreakdown) -> str:
    if breakdown.rank is None or breakdown.rank == 1:
        return ""
    above = TeamRankingBreakdown.objects.select_related("team").filter(rank=breakdown.rank - 1).first()
    # A team that has hidden itself since is not named.
    if above is None or above.total != breakdown.total or not (above.team.is_public and above.team.is_active):
        return ""
    return tie_text(breakdown, above)
