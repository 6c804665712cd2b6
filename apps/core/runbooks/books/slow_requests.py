"""Pages are slow: waiting for locks, for statements, for a connection, or for the processor."""

import os

import psutil

from apps.core.runbooks import activity, machine, stopping
from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Look, Runbook

WAITS_TOO_LONG = 5.0  # seconds for a lock
RUNS_TOO_LONG = 30.0  # seconds: no page's statement may take longer, by its own limit


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Say what requests wait for, and propose to cancel the statement that holds up others."""
    cores = psutil.cpu_count() or 1
    per_core = os.getloadavg()[0] / cores
    if per_core >= 2:
        diagnosis.note(f"The processor is busy (load {per_core:.1f} a core): see high-cpu.")
    try:
        sessions = activity.ask(activity.SESSIONS)
    except CannotLook as reason:
        diagnosis.unknown(str(reason))
        diagnosis.advise("manage.py runbook database-down")
        return
    diagnosis.evidence["sessions"] = sessions
    waiting = [
        row
        for row in sessions
        if row["waits_for"] and (row["seconds_since_statement"] or 0) >= look.seconds(WAITS_TOO_LONG)
    ]
    by_pid = {row["pid"]: row for row in sessions}
    holders = {pid for row in waiting for pid in row["waits_for"]} - {row["pid"] for row in waiting}
    for pid in sorted(holders & set(by_pid)):
        _tell_of_holder(diagnosis, by_pid[pid], sum(pid in row["waits_for"] for row in waiting))
    long = [
        row
        for row in sessions
        if row["state"] == "active"
        and not row["waits_for"]
        and (row["seconds_since_statement"] or 0) >= look.seconds(RUNS_TOO_LONG)
    ]
    for row in long:
        lasted = machine.age(row["seconds_since_statement"])
        diagnosis.note(f"A statement has run for {lasted} in {row['program'] or row['role']}: {row['statement'][:120]}")
    if not waiting:
        diagnosis.ok(f"No statement waits for a lock longer than {machine.age(look.seconds(WAITS_TOO_LONG))}.")
    diagnosis.advise("manage.py runbook slow-queries names the statements that take long, with their pages.")


def _tell_of_holder(diagnosis: Diagnosis, holder: dict[str, object], count: int) -> None:
    state = str(holder["state"])
    diagnosis.wrong(
        f"{count} statements wait for a lock that session {holder['pid']} holds ({state}, "
        f"{holder['program'] or holder['role']}): {str(holder['statement'])[:120]}"
    )
    if state.startswith("idle in transaction"):
        diagnosis.remedies.append(stopping.remedy_for_session(holder, "idle in a transaction that holds a lock"))
    else:
        diagnosis.remedies.append(stopping.remedy_for_statement(holder))


RUNBOOK = Runbook("slow-requests", "Pages are slow", look, alerts=("SlowRequests",))
