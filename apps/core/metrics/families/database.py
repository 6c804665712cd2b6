"""PostgreSQL: connections, size, locks."""

from pathlib import Path

from django.db import connection

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
# Other databases of the server count against the same limit. What this role may not see has no state.
ACTIVITY = """
SELECT coalesce(state, 'other'), count(*),
       count(*) FILTER (WHERE wait_event_type = 'Lock'),
       max(extract(epoch FROM clock_timestamp() - xact_start))
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() GROUP BY 1
"""
SINCE_START = """
SELECT current_setting('max_connections')::int, xact_commit, xact_rollback, deadlocks
  FROM pg_stat_database WHERE datname = current_database()
"""


def activity() -> Values:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(ACTIVITY)
        rows = cursor.fetchall()
        cursor.execute(SINCE_START)
        most, committed, rolled_back, deadlocks = cursor.fetchone()
    connections = dict.fromkeys(STATES, 0.0)
    for state, number, _, _ in rows:
        connections[state if state in STATES else "other"] += number
    return {
        CONNECTIONS.name: connections,
        CONNECTIONS_MOST.name: most,
        BLOCKED.name: sum(blocked for _, _, blocked, _ in rows),
        LONGEST.name: max((float(age) for *_, age in rows if age is not None), default=0.0),
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
    Source(
        "database activity",
        (CONNECTIONS, CONNECTIONS_MOST, BLOCKED, LONGEST, TRANSACTIONS, DEADLOCKS),
        activity,
    ),
    Source("database size", (SIZE,), size, fresh_for=60),
)
