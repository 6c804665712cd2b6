"""Statements are slow: which, on which page, and whether the planner knows the tables."""

from datetime import timedelta
from functools import partial
from typing import LiteralString

from django.db import connection
from django.utils import timezone

from apps.core.models import SlowQuery
from apps.core.runbooks import activity
from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Look, Remedy, Runbook

LATELY = 3600.0  # seconds
OFTEN = 10
SHOWN = 5
# Many rows came or changed since the planner last looked; autovacuum has not come by, or is switched off.
_STALE: LiteralString = """
    SELECT relname AS name, n_live_tup AS rows, n_mod_since_analyze AS changed
      FROM pg_stat_user_tables
     WHERE n_mod_since_analyze > 10000 AND n_mod_since_analyze > n_live_tup * 0.3
     ORDER BY n_mod_since_analyze DESC LIMIT 10
"""


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Name the slow statements of the last hour, and propose ANALYZE for tables that the planner does not know."""
    since = timezone.now() - timedelta(seconds=look.seconds(LATELY))
    lately = SlowQuery.objects.filter(last_seen_at__gte=since).order_by("-total_ms")
    rows = list(lately[:50])
    diagnosis.evidence["slow"] = [
        {"statement": each.statement, "page": each.route, "count": each.count, "max_ms": each.max_ms} for each in rows
    ]
    for row in rows[:SHOWN]:
        told = (
            f"{row.count} times up to {row.max_ms:.0f} ms on {row.route or 'no page'} "
            f"(number {row.request_id or '–'}): {row.statement[:140]}"
        )
        (diagnosis.wrong if row.count >= OFTEN else diagnosis.note)(told)
    if not rows:
        diagnosis.ok("No statement took too long in the last hour.")
    try:
        stale = activity.ask(_STALE)
    except CannotLook as reason:
        diagnosis.note(str(reason))
        return
    diagnosis.evidence["stale"] = stale
    for table in stale:
        diagnosis.wrong(f"Table {table['name']} has {table['changed']} changes that the planner does not know of.")
        diagnosis.remedies.append(
            Remedy(
                f"ANALYZE {table['name']}.",
                "It reads a sample of the table, blocks neither readers nor writers, and changes no row.",
                "Nothing has to be undone: the planner only knows more.",
                partial(_analyze, table["name"]),
            )
        )
    if rows:
        diagnosis.advise("manage.py check_indexes says whether an index is missing or not used.")


def _analyze(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
    return f"Analyzed {table}."


RUNBOOK = Runbook("slow-queries", "Database statements are slow", look, alerts=("SlowQueries",))
