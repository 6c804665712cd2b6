"""Remedies that stop one thing and nothing beside it: a job, a statement, a session."""

import os
import signal
import threading
from functools import partial
from typing import Any, LiteralString

import psutil

from apps.core.errors import Conflict
from apps.core.jobs import operations
from apps.core.models import Job
from apps.core.runbooks import activity, machine
from apps.core.runbooks.diagnosis import Remedy

# A soft limit raises an exception in the task. One that is deep in C code, or catches everything, needs force.
ASKED_SECONDS = 5.0


def remedy_for_job(job: Job, pid: int | None) -> Remedy:
    """Stop a running job, and free the process of this machine that runs it when it is known."""
    return Remedy(
        f"Stop job {job.pk} ({job.name})" + (f" and interrupt it in process {pid}." if pid else "."),
        "The job counts as failed and is kept with its arguments; what it did in the database is rolled back, and its "
        "message is not lost for others. The worker goes on.",
        f"manage.py jobs requeue {job.pk}",
        partial(_stop_job, job.pk, pid),
    )


def _stop_job(job_id: int, pid: int | None) -> str:
    try:
        operations.stop(actor=None, job_id=job_id, reason="it kept its worker from other work (runbook)")
        done = f"Job {job_id} is stopped."
    except Conflict as over:
        return f"{over.message} Nothing had to be done."
    if pid is None:
        return f"{done} Its process was not found on this machine; it is free when it reaches its time limit."
    return f"{done} {interrupt(pid, job_id)}"


def interrupt(pid: int, job_id: int) -> str:
    """Make a worker's process leave its job: by the signal of the soft limit, and by force when that does not help."""
    try:
        process = psutil.Process(pid)
        # A frozen process takes no signal but this.
        if process.status() == psutil.STATUS_STOPPED:
            os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGUSR1)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return f"Process {pid} had ended."
    threading.Event().wait(ASKED_SECONDS)
    seen = machine.sample(pid) if process.is_running() else None
    if seen is None or seen.job_id != job_id:
        return f"Process {pid} has left it and goes on with other jobs."
    os.kill(pid, signal.SIGKILL)
    return f"Process {pid} did not leave it when asked and was ended; the worker starts a fresh one."


def remedy_for_statement(session: dict[str, Any]) -> Remedy:
    """Cancel the statement that a session runs. The session stays."""
    lasted = machine.age(session["seconds_since_statement"])
    return Remedy(
        f"Cancel the statement that PostgreSQL's process {session['pid']} has run for {lasted}.",
        "Its transaction is rolled back; who asked gets an error. The server and all other sessions go on.",
        "Nothing is left to undo: ask again for what it should have found.",
        partial(_signal, _CANCEL, session, "cancelled its statement"),
    )


def remedy_for_session(session: dict[str, Any], what: str) -> Remedy:
    """End one session that does nothing."""
    return Remedy(
        f"End session {session['pid']}, {what} for {machine.age(session['seconds_in_state'])}.",
        "It runs no statement. An open transaction of it is rolled back; its process opens another connection when it "
        "needs one.",
        "Nothing has to be undone: pools open a connection again.",
        partial(_signal, _TERMINATE, session, "ended"),
    )


# Only while the session still is in the state that was seen: it may be at work again, or another's by now.
_CANCEL: LiteralString = (
    "SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity WHERE pid = %s AND state_change = %s"
)
_TERMINATE: LiteralString = (
    "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE pid = %s AND state_change = %s"
)


def _signal(statement: LiteralString, session: dict[str, Any], done: str) -> str:
    rows = activity.ask(statement, [session["pid"], session["state_change"]])
    if rows and rows[0]["done"]:
        return f"Session {session['pid']}: {done}."
    return f"Session {session['pid']} does something else by now, and was left alone."
