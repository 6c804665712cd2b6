"""PostgreSQL: connections, locks, and the statements that take most of its time."""

from typing import Any

from django.db import ProgrammingError, connection, transaction
from django.db.utils import OperationalError

from apps.core.metrics.families import database as figures
from apps.core.operations.sections import Section
from apps.corelib.units import BYTES, duration, written

SHOWN, LETTERS = 8, 400
# Of this database only, and without the statements that read these figures.
BY_TIME = """
SELECT query, calls, mean_exec_time / 1000, max_exec_time / 1000, total_exec_time / sum(total_exec_time) OVER ()
  FROM pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%%pg_stat%%'
 ORDER BY total_exec_time DESC LIMIT %s
"""


def content() -> dict[str, Any]:
    told: Any = figures.activity()
    size: Any = figures.size()
    taken: Any = figures.connections()
    connections = taken.get(figures.CONNECTIONS.name, {})
    return {
        "size": written(size[figures.SIZE.name], BYTES),
        "connections": [(state, round(number)) for state, number in connections.items() if number],
        "used": round(sum(connections.values())),
        "most": round(taken.get(figures.CONNECTIONS_MOST.name, 0)),
        "blocked": told.get(figures.BLOCKED.name),
        "longest": duration(told.get(figures.LONGEST.name, 0.0)),
        "statements": statements(),
    }


def statements() -> list[dict[str, Any]] | None:
    """Return the statements that took most time since the server counts; None where it does not count them."""
    if connection.vendor != "postgresql":
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BY_TIME, [SHOWN])
            rows = cursor.fetchall()
    except (ProgrammingError, OperationalError):
        return None  # the extension is not there, or not loaded with the server
    return [
        {
            "text": " ".join(query.split())[:LETTERS],
            "calls": calls,
            "mean": duration(mean),
            "most": duration(most),
            "share": written(float(share or 0), "share"),
        }
        for query, calls, mean, most, share in rows
    ]


SECTION = Section("database", "Database", 45, "core/operations/database.html", content)
