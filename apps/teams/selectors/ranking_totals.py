"""The totals of all teams as one SELECT. The recalculation stores its rows, the simulator only reads them.

Raw SQL, because what a team earns comes from several grouped queries that the ORM can't join. The names in it are
quoted columns of our models and component codes; every value is a parameter.
"""

from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import ExtractDay, ExtractMonth, ExtractYear, TruncTime

from apps.corelib.ranking import CODES, COMPONENTS, Weights
from apps.teams.models import RankingCriteria, Team
from apps.teams.selectors.ranking_sources import sources

POINTS = tuple(f"{code}_points" for code in CODES)
COLUMNS = ("team_id", "game", "region", *CODES, *POINTS, "adjustment", "total")

Sql = tuple[str, list[Any]]


def active_weights() -> Weights:
    """Return the weights that count now; the standard ones when no criteria are active."""
    criteria = RankingCriteria.objects.filter(is_active=True).first()
    return criteria.weights if criteria else Weights()


def totals(weights: Weights, *, at: datetime, team_id: int | None = None) -> Sql:
    """Return a SELECT of ``COLUMNS``: one row for each active team, or for one team."""
    base, params = _compiled(_teams(at, team_id))
    joins, counts = [], {"months": "t.months"}
    for number, source in enumerate(sources()):
        rows = source.count(at)
        sql, more = _compiled(rows if team_id is None else rows.filter(team_id=team_id))
        joins.append(f"LEFT JOIN ({sql}) s{number} ON s{number}.team_id = t.id")
        params += more
        counts |= {code: f"COALESCE(s{number}.{code}, 0)" for code in source.components}
    counted = ", ".join(f"{counts.get(code, '0')} AS {code}" for code in CODES)
    inner = f"SELECT t.id AS team_id, t.game, t.region, t.adjust_points AS adjustment, {counted} FROM ({base}) t "
    inner += " ".join(joins)

    months = "c.months"
    factors: list[Any] = []
    if weights.max_months is not None:
        months = "CASE WHEN c.months > %s THEN %s ELSE c.months END"
    points = []
    for part in COMPONENTS:
        amount = f"({months})" if part.code == "months" else f"c.{part.code}"
        if part.code == "months" and weights.max_months is not None:
            factors += [weights.max_months, weights.max_months]
        points.append(f"{amount} * %s AS {part.code}_points")
        factors.append(getattr(weights, part.weight))
    with_points = f"SELECT c.*, {', '.join(points)} FROM ({inner}) c"

    total = " + ".join(f"p.{name}" for name in (*POINTS, "adjustment"))
    columns = ", ".join(f"p.{name}" for name in COLUMNS[:-1])
    sql = f"SELECT {columns}, CASE WHEN {total} > 0 THEN {total} ELSE 0 END AS total FROM ({with_points}) p"
    return sql, factors + params


def _teams(at: datetime, team_id: int | None) -> QuerySet[Any, Any]:
    """The months are counted as ``corelib.ranking.full_months`` counts them."""
    at = at.astimezone(UTC)
    since = {
        "year": ExtractYear("created_at", tzinfo=UTC),
        "month": ExtractMonth("created_at", tzinfo=UTC),
        "day": ExtractDay("created_at", tzinfo=UTC),
        "time": TruncTime("created_at", tzinfo=UTC),
    }
    begun = Value(at.year * 12 + at.month) - F("year") * 12 - F("month")
    not_yet = Q(day__gt=at.day) | Q(day=at.day, time__gt=at.time())
    elapsed = Case(When(not_yet, then=begun - 1), default=begun, output_field=IntegerField())
    months = Case(When(created_at__gt=at, then=Value(0)), default=elapsed, output_field=IntegerField())
    teams = Team.objects.active().order_by().alias(**since).annotate(months=months)
    if team_id is not None:
        teams = teams.filter(pk=team_id)
    return teams.values("id", "game", "region", "adjust_points", "months")


def _compiled(queryset: QuerySet[Any, Any]) -> Sql:
    sql, params = queryset.query.get_compiler(connection=connection).as_sql()
    return sql, list(params)
