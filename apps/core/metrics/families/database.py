"""PostgreSQL: connections, size, locks."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg import OperationalError

from apps.core.health import postgresql
from apps.core.metrics.sources import Family, Source, Values

CONNECTIONS = Family("deltacrown_database_connections", "Connections to the server by what they do.", ("state",))
CONNECTIONS_MOST = Family("deltacrown_database_connections_max", "How many the server allows.")
BLOCKED = Family("deltacrown_database_blocked", "Statements that wait for a lock of another.")
LONGEST = Family("deltacrown_database_longest_transaction_seconds", "Age of the oldest open transaction.")
DEADLOCKS = Family("deltacrown_database_deadlocks_total", "Deadlocks that the server broke.", counter=True)
TRANSACTIONS = Family(
    "deltacrown_database_transactions_total", "Transactions by their end, of all clients.", ("end",), counter=True
)
SIZE = Family("deltacrown_database_size_bytes", "Size of the database on disk.")

STATES = ("active", "idle", "idle in transaction", "other")
SECONDS = 2.0
# Other databases of the server count against the same limit. What this role may not see has no state.
TAKEN = """
SELECT coalesce(state, 'other'), count(*)
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1
UNION ALL SELECT 'max', current_setting('max_connections')::int
"""
ACTIVITY = """
SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'),
       coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
SINCE_START = "SELECT xact_commit, xact_rollback, deadlocks FROM pg_stat_database WHERE datname = current_database()"


def connections() -> Values:
    """Count what is taken, also when nothing is left: that is when somebody has to be told."""
    if connection.vendor != "postgresql":
        return {}
    told = dict.fromkeys(STATES, 0.0)
    most = 0.0
    for state, number in _rows(TAKEN):
        if state == "max":
            most = float(number)
        else:
            told[state if state in STATES else "other"] += float(number)
    return {CONNECTIONS.name: told, CONNECTIONS_MOST.name: most}


def _rows(sql: str) -> list[tuple[str, ...]]:
    """Ask on a connection of our own, as the superuser for whom places are kept when the site's role finds none."""
    try:
        return postgresql.ask(postgresql.conninfo(), sql, SECONDS / 2)
    except OperationalError:
        if not settings.DB_ADMIN_USER:
            raise
        superuser = {"user": settings.DB_ADMIN_USER, "password": settings.DB_ADMIN_PASSWORD}
        return postgresql.ask(postgresql.conninfo(**superuser), sql, SECONDS / 2)


def activity() -> Values:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVITY)
        blocked, age = cursor.fetchone()
        cursor.execute(SINCE_START)
        committed, rolled_back, deadlocks = cursor.fetchone()
    return {
        BLOCKED.name: blocked,
        LONGEST.name: float(age),
        TRANSACTIONS.name: {"commit": committed, "rollback": rolled_back},
        DEADLOCKS.name: deadlocks,
    }


def size() -> Values:
    if connection.vendor != "postgresql":
        return {SIZE.name: Path(connection.settings_dict["NAME"]).stat().st_size}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return {SIZE.name: cursor.fetchone()[0]}


SOURCES = (
    Source("database connections", (CONNECTIONS, CONNECTIONS_MOST), connections, database=False),
    Source("database activity", (BLOCKED, LONGEST, TRANSACTIONS, DEADLOCKS), activity),
    Source("database size", (SIZE,), size, fresh_for=60),
)
