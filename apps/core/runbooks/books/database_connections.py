"""Database connections: how many are taken, by whom, and which are held for nothing."""

from collections import Counter
from typing import Any, LiteralString

from django.conf import settings

from apps.core.runbooks import activity, budget, machine, stopping
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

FULL = 80  # per cent of what ordinary roles may have
OPEN_TOO_LONG = 60.0  # seconds that a transaction may wait for its program
IDLE_TOO_LONG = 600.0  # seconds that a session may sleep while others find no place
_ROOM: LiteralString = """
    SELECT current_setting('max_connections')::int AS most,
           current_setting('superuser_reserved_connections')::int
           + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int AS reserved,
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken
"""


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Look at the sessions, and propose to end those that hold a place for nothing. PostgreSQL is never restarted."""
    [room] = activity.ask(_ROOM)
    sessions = activity.ask(activity.SESSIONS)
    diagnosis.evidence.update(room=room, sessions=sessions)
    most = room["most"] - room["reserved"]
    share = 100 * room["taken"] / most
    full = not diagnosis.judge(
        share < FULL,
        f"{room['taken']} of {most} connections are taken ({share:.0f} %; from {FULL} % on it is too full).",
    )
    who = Counter((row["program"] or row["role"] or "unnamed", row["state"] or "?") for row in sessions)
    for (program, state), count in who.most_common(5):
        diagnosis.note(f"{count} × {program}, {state}.")
    _look_at_open_transactions(diagnosis, sessions, look.seconds(OPEN_TOO_LONG))
    if full:
        _make_room(
            diagnosis, sessions, look.seconds(IDLE_TOO_LONG), too_many=room["taken"] - int(most * FULL / 100) + 1
        )
        diagnosis.advise(
            "Raise max_connections last: it needs a restart of PostgreSQL and more memory. Fewer processes, or a "
            f"smaller DB_POOL_SIZE (now {settings.DB_POOL_SIZE}), need neither."
        )
    told = budget.told(most)
    (diagnosis.ok if told.fits else diagnosis.note)(told.sentence)


def _look_at_open_transactions(diagnosis: Diagnosis, sessions: list[dict[str, Any]], too_long: float) -> None:
    kept = [row for row in sessions if (row["state"] or "").startswith("idle in transaction")]
    old = [row for row in kept if row["seconds_in_state"] >= too_long]
    if not old:
        diagnosis.ok(f"No transaction waits longer than {machine.age(too_long)} for its program ({len(kept)} wait).")
        return
    oldest = max(row["seconds_in_state"] for row in old)
    diagnosis.wrong(
        f"{len(old)} transactions are open and do nothing, the oldest for {machine.age(oldest)} (a program took a "
        f"connection and did not give it back). Last statement: {old[0]['statement'][:120]}"
    )
    for row in old:
        _propose(diagnosis, row, "idle in a transaction")


def _make_room(diagnosis: Diagnosis, sessions: list[dict[str, Any]], too_long: float, *, too_many: int) -> None:
    """Propose to end as many sleeping sessions as are too many, the longest asleep first."""
    asleep = [row for row in sessions if row["state"] == "idle" and row["seconds_in_state"] >= too_long]
    if not asleep:
        diagnosis.advise("All sessions are at work or were a moment ago: look at slow-queries and slow-requests.")
        return
    diagnosis.wrong(
        f"{len(asleep)} sessions have slept for more than {machine.age(too_long)} while others find no place: "
        "connections leak, or too many processes keep too many."
    )
    for row in asleep[:too_many]:
        _propose(diagnosis, row, "asleep")


def _propose(diagnosis: Diagnosis, row: dict[str, Any], what: str) -> None:
    if row["ours"] or settings.DB_ADMIN_USER:
        diagnosis.remedies.append(stopping.remedy_for_session(row, what))
    else:
        diagnosis.advise(f"Session {row['pid']} belongs to the role {row['role']}: end it as that role or a superuser.")


RUNBOOK = Runbook("database-connections", "Database connections run out", look, alerts=("DatabaseConnectionsHigh",))
