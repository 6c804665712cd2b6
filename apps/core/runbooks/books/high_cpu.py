"""High CPU usage: which process, and which job, request or statement in it."""

import os
import signal
import time
from functools import partial
from typing import Any

import psutil
from django.utils import timezone

from apps.core.models import Job
from apps.core.runbooks import activity, machine, stopping
from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Look, Remedy, Runbook

BUSY_MACHINE = 85  # per cent of all cores
BUSY_PROCESS = 70  # per cent of one core
TOO_LONG = 60.0  # seconds that one request or statement may keep a core
JOB_TOO_LONG = 300.0  # and a job, which may compute for a while
LEAST_SHARE = 2.0
FULL_LOAD = 2.0  # runnable processes for each core
SHOWN = 5


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Find who is busy, sample what it does, and propose to end that one job, request or statement."""
    shares = machine.busiest(1.5 if look.deep else 0.3)
    cores = psutil.cpu_count() or 1
    per_core = os.getloadavg()[0] / cores
    used = sum(share for _, share in shares) / cores
    busy = per_core >= FULL_LOAD or used >= BUSY_MACHINE
    diagnosis.evidence["load"] = {"average": os.getloadavg(), "cores": cores, "cpu_percent": used}
    diagnosis.evidence["busiest"] = [(process.pid, name_of(process), share) for process, share in shares[:20]]
    told = f"The load is {per_core:.1f} for each of {cores} cores ({FULL_LOAD:.1f} is too much), {used:.0f} % used"
    (diagnosis.note if busy else diagnosis.ok)(f"{told}.")
    if not look.deep:
        return
    ours = {each.pid: each for each in machine.members()}
    sessions = _sessions()
    # Where many want a core, even one that never rests gets only its part of it, and one that is nice even less.
    fair = 100 * cores / max(os.getloadavg()[0], cores)
    enough = min(BUSY_PROCESS, max(LEAST_SHARE, fair / 2)) if busy else BUSY_PROCESS
    foreign = 0
    for process, share in shares:
        if share < enough:
            break
        if found := ours.get(process.pid):
            _look_at_member(diagnosis, look, found, share)
        elif process.pid in sessions:
            _look_at_session(diagnosis, look, sessions[process.pid], share)
        elif busy and foreign < SHOWN:
            foreign += 1
            diagnosis.note(f"{name_of(process)} (process {process.pid}) uses {share:.0f} % of a core. It is not ours.")
            diagnosis.advise("Ask who started what is not this site's, before ending it.")


def name_of(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return "a process that has ended"


def _sessions() -> dict[int, dict[str, Any]]:
    """Return the sessions of a PostgreSQL on this machine, by process."""
    try:
        return {row["pid"]: row for row in activity.ask(activity.SESSIONS)}
    except CannotLook:
        return {}


def _look_at_member(diagnosis: Diagnosis, look: Look, member: machine.Member, share: float) -> None:
    seen = machine.sample(member.pid)
    told = f"The {member.kind} process {member.pid} uses {share:.0f} % of a core"
    if seen is None:
        diagnosis.wrong(f"{told}; py-spy may not look into it.")
        diagnosis.advise(f"Run this as root, so that py-spy may look: py-spy dump --pid {member.pid}")
        return
    diagnosis.evidence[f"process {member.pid}"] = {"where": seen.where, "dump": seen.dump, "command": member.command}
    where = f" in {seen.where}" if seen.where else ""
    job = Job.objects.filter(pk=seen.job_id, state=Job.State.RUNNING).first() if seen.job_id else None
    if job is not None:
        _judge_job(diagnosis, look, member, job, f"{told}{where}")
    elif seen.request:
        _judge_request(diagnosis, look, member, seen.request, f"{told}{where}")
    else:
        diagnosis.note(f"{told}{where}. It works on no job and no request that can be named.")


def _judge_job(diagnosis: Diagnosis, look: Look, member: machine.Member, job: Job, told: str) -> None:
    lasted = (timezone.now() - job.started_at).total_seconds() if job.started_at else 0.0
    told = f"{told}: job {job.pk}, {job.name}, for {machine.age(lasted)}"
    if lasted < look.seconds(JOB_TOO_LONG):
        diagnosis.note(f"{told}. That is no fault yet.")
        return
    diagnosis.wrong(f"{told}.")
    diagnosis.remedies.append(stopping.remedy_for_job(job, member.pid))


def _judge_request(diagnosis: Diagnosis, look: Look, member: machine.Member, request: str, told: str) -> None:
    request_id, route, since = [*request.split(" "), "", "", ""][:3]
    lasted = time.time() - float(since) if since.replace(".", "").isdigit() else 0.0
    told = f"{told}: request {request_id} of {route or 'a page'}, for {machine.age(lasted)}"
    if lasted < look.seconds(TOO_LONG) or member.head:
        diagnosis.note(f"{told}.")
        return
    diagnosis.wrong(f"{told}.")
    diagnosis.remedies.append(
        Remedy(
            f"Let web process {member.pid} finish its other requests and end; its master starts a fresh one.",
            "What it did is in the evidence. Only the request that keeps it busy is lost; nothing is committed half.",
            "Nothing has to be undone: the fresh process serves.",
            partial(recycle, member.pid),
        )
    )


def recycle(pid: int) -> str:
    """Ask one web process to end after its requests. Its master replaces it."""
    os.kill(pid, signal.SIGTERM)
    return f"Web process {pid} was asked to finish and end; its master starts a fresh one."


def _look_at_session(diagnosis: Diagnosis, look: Look, session: dict[str, Any], share: float) -> None:
    lasted = float(session["seconds_since_statement"] or 0)
    diagnosis.evidence[f"session {session['pid']}"] = session
    told = f"PostgreSQL's process {session['pid']} uses {share:.0f} % of a core"
    told += f", for {machine.age(lasted)} with one statement"
    if session["state"] != "active" or lasted < look.seconds(TOO_LONG):
        diagnosis.note(f"{told}: see slow-queries.")
        return
    diagnosis.wrong(f"{told}: {session['statement'][:120]}")
    diagnosis.remedies.append(stopping.remedy_for_statement(session))


RUNBOOK = Runbook("high-cpu", "High CPU usage", look, alerts=("HighCpu",), settle=75.0)
