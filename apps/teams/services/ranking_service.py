"""Counts the points of all teams and puts them in order: a constant number of statements, however many teams.

One transaction, one run at a time. Killed, it leaves nothing behind; run again, it ends the same; run twice, the second
changes nothing.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.teams.models import RankingRun, Team, TeamRankingBreakdown, TeamRankingHistory
from apps.teams.selectors import leaderboards, stats
from apps.teams.selectors.ranking_totals import COLUMNS, active_weights, totals

LOCK = 0x_DE17_A001  # of PostgreSQL's advisory locks, for whoever writes points
TEAMS = Team._meta.db_table
BREAKDOWN = TeamRankingBreakdown._meta.db_table
HISTORY = TeamRankingHistory._meta.db_table
RANKS = ("rank", "game_rank", "region_rank")
Source = TeamRankingHistory.Source


class RankingService:
    def recalculate_all_teams(self, *, reason: str = "Recalculation", at: datetime | None = None) -> dict[str, Any]:
        """Count every active team's points anew and rank them. A run that finds another one working waits for it.

        Args:
            reason: What the history says about the change.
            at: The moment to count for, now unless told: age and results are those of then.
        """
        at = at or timezone.now()
        with transaction.atomic():
            self.lock()
            _store_breakdowns(at)
            updated = _store_points(source=Source.RECALCULATION, reason=reason, actor_id=None, at=at)
            _store_ranks(remember=True)
            processed = Team.objects.active().count()
            RankingRun.objects.create(finished_at=at, reason=reason, teams_processed=processed, teams_updated=updated)
            transaction.on_commit(leaderboards.forget)
            transaction.on_commit(stats.forget_points)
        return {"status": "success", "teams_processed": processed, "teams_updated": updated}

    def recalculate_team(self, *, team_id: int, source: str, reason: str, actor_id: int | None) -> bool:
        """Count one team's points anew and put it in its new place; return whether its points changed.

        Movement is told since the last recalculation of all teams, so what was remembered then stays.
        """
        at = timezone.now()
        with transaction.atomic():
            self.lock()
            _store_breakdowns(at, team_id)
            updated = _store_points(source=source, reason=reason, actor_id=actor_id, at=at, team_id=team_id)
            _store_ranks(remember=False)
            transaction.on_commit(leaderboards.forget)
            transaction.on_commit(stats.forget_points)
        return bool(updated)

    def lock(self) -> None:
        """Wait until nobody else writes points; held until the transaction ends. SQLite has one writer anyway."""
        if connection.vendor == "postgresql":
            _run("SELECT pg_advisory_xact_lock(%s)", [LOCK])


ranking_service = RankingService()


def _run(sql: str, params: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def _store_breakdowns(at: datetime, team_id: int | None = None) -> None:
    """Write the rows that differ. The others are not touched: writing them all each night would bloat the table."""
    fresh, params = totals(active_weights(), at=at, team_id=team_id)
    columns = ", ".join(COLUMNS)
    values = ", ".join(f"f.{name}" for name in COLUMNS)
    differs = " OR ".join(f"b.{name} <> f.{name}" for name in COLUMNS[1:])
    taken = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    _run(
        f"INSERT INTO {BREAKDOWN} ({columns}) SELECT {values} FROM ({fresh}) f "
        f"LEFT JOIN {BREAKDOWN} b ON b.team_id = f.team_id WHERE b.team_id IS NULL OR {differs} "
        f"ON CONFLICT (team_id) DO UPDATE SET {taken}",
        params,
    )


def _store_points(*, source: str, reason: str, actor_id: int | None, at: datetime, team_id: int | None = None) -> int:
    """Bring the breakdown's totals to the teams, with a row of history for each that changed. Return how many."""
    changed = f"{TEAMS}.is_active AND {TEAMS}.total_points <> b.total AND b.team_id = {TEAMS}.id"
    only: list[Any] = []
    if team_id is not None:
        changed += f" AND {TEAMS}.id = %s"
        only = [team_id]
    if connection.vendor == "postgresql":
        # In one order, as whoever else locks several teams does, so that nobody waits in a ring.
        _run(
            f"SELECT count(*) FROM (SELECT {TEAMS}.id FROM {TEAMS} JOIN {BREAKDOWN} b ON {changed} "
            f"ORDER BY {TEAMS}.id FOR NO KEY UPDATE OF {TEAMS}) locked",
            only,
        )
    _run(
        f"INSERT INTO {HISTORY} (team_id, before, after, titles, source, reason, actor_id, created_at) "
        f"SELECT {TEAMS}.id, {TEAMS}.total_points, b.total, b.wins, %s, %s, {'%s' if actor_id else 'NULL'}, %s "
        f"FROM {TEAMS} JOIN {BREAKDOWN} b ON {changed}",
        [source, reason, *([actor_id] if actor_id else []), at, *only],
    )
    return _run(f"UPDATE {TEAMS} SET total_points = b.total FROM {BREAKDOWN} b WHERE {changed}", only)


def _store_ranks(*, remember: bool) -> None:
    """Number the public teams: more points, then more titles, then the older team, then the lower id.

    With ``remember`` the old ranks become the previous ones; not when no rank changes, so that a run that finds nothing
    new does not wipe out who moved.
    """
    order = "ORDER BY b.total DESC, b.wins DESC, t.created_at, t.id"
    fresh = (
        f"SELECT b.team_id, row_number() OVER ({order}) AS rank, "
        f"row_number() OVER (PARTITION BY b.game {order}) AS game_rank, "
        f"row_number() OVER (PARTITION BY b.region {order}) AS region_rank "
        f"FROM {BREAKDOWN} b JOIN {TEAMS} t ON t.id = b.team_id WHERE t.is_active AND t.is_public"
    )
    everyone = (
        f"SELECT b.team_id, {', '.join(f'f.{name}' for name in RANKS)}, "
        f"{', '.join(f'b.{name} AS old_{name}' for name in RANKS)}, "
        f"{', '.join(f'b.previous_{name}' for name in RANKS)} "
        f"FROM {BREAKDOWN} b LEFT JOIN fresh f ON f.team_id = b.team_id"
    )
    moved = " OR ".join(f"COALESCE(e.{name}, 0) <> COALESCE(e.old_{name}, 0)" for name in RANKS)
    assigned = ", ".join(f"{name} = e.{name}" for name in RANKS)
    condition = moved
    if remember:
        assigned += ", " + ", ".join(f"previous_{name} = e.old_{name}" for name in RANKS)
        behind = " OR ".join(f"COALESCE(e.previous_{name}, 0) <> COALESCE(e.old_{name}, 0)" for name in RANKS)
        condition = f"({moved} OR {behind}) AND EXISTS (SELECT 1 FROM everyone e WHERE {moved})"
    _run(
        f"WITH fresh AS ({fresh}), everyone AS ({everyone}) "
        f"UPDATE {BREAKDOWN} SET {assigned} FROM everyone e WHERE e.team_id = {BREAKDOWN}.team_id AND ({condition})",
        [],
    )
