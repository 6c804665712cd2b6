"""PostgreSQL does not answer: stopped, hanging, refusing, or full."""

from typing import LiteralString

import psutil

from apps.core.runbooks import activity, programs
from apps.core.runbooks.books.worker_stuck import remedy_to_start
from apps.core.runbooks.diagnosis import Diagnosis, Look, Runbook

_FACTS: LiteralString = """
    SELECT version() AS version, pg_is_in_recovery() AS replica,
           current_setting('default_transaction_read_only') AS reads_only,
           extract(epoch FROM now() - pg_postmaster_start_time())::float AS up_seconds
"""


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Say how it does not answer. What runs is never restarted: that would lose what shows the cause."""
    if not activity.is_postgresql():
        diagnosis.ok("This site runs on SQLite, which has no server.")
        return
    processes = _postmasters()
    diagnosis.evidence["processes of PostgreSQL here"] = processes
    # Not as the superuser whom other runbooks fall back to: pages have only the site's role.
    if reason := activity.refusal():
        diagnosis.wrong(reason)
        if "taken" in reason or "no connection left" in reason:
            diagnosis.advise("manage.py runbook database-connections --fix")
        elif processes:
            diagnosis.note(
                f"{len(processes)} PostgreSQL servers run on this machine; see their log before anything else."
            )
            diagnosis.advise("manage.py runbook disk-full: a full disk stops PostgreSQL first.")
        for unit in programs.failed_units("database"):
            diagnosis.remedies.append(remedy_to_start(unit))
        diagnosis.advise("Pages say 503 and jobs wait meanwhile; nothing is lost. Do not restore for an outage.")
        return
    [facts] = activity.ask(_FACTS)
    diagnosis.evidence["facts"] = facts
    diagnosis.ok(f"PostgreSQL answers, and has run for {facts['up_seconds'] / 3600:.1f} h.")
    if facts["replica"]:
        diagnosis.wrong(
            "It is a replica and takes no writes: DB_HOST points to the wrong server, or it was never promoted."
        )
    if facts["reads_only"] == "on":
        diagnosis.wrong("It is set to take no writes (default_transaction_read_only).")


def _postmasters() -> list[int]:
    found = []
    for process in psutil.process_iter(["name", "ppid"]):
        if process.info["name"] in {"postgres", "postmaster"} and _name_of(process.info["ppid"]) not in {"postgres"}:
            found.append(process.pid)
    return found


def _name_of(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return ""


RUNBOOK = Runbook("database-down", "PostgreSQL does not answer", look, alerts=("DatabaseDown",), settle=30.0)
