"""Jobs wait: no worker, a frozen one, one that a job keeps, or a broker that gives nothing out."""

import os
import signal
import socket
from datetime import datetime
from functools import partial

import psutil
from django.conf import settings
from django.utils import timezone

from apps.core.health import processes
from apps.core.health.probes import NotReady
from apps.core.jobs import selectors, sweeping
from apps.core.models import Job
from apps.core.runbooks import machine, programs, redis_servers, stopping
from apps.core.runbooks.diagnosis import Diagnosis, Look, Remedy, Runbook

# Seconds after which a waiting job is late, by queue; and for which a job may run while others wait behind it.
LATE = {Job.Queue.CRITICAL.value: 60.0, Job.Queue.DEFAULT.value: 300.0, Job.Queue.BULK.value: 3600.0}
RUNS_TOO_LONG = 300.0
LONG_AFTER_LIMIT = 120.0  # seconds beyond the hard time limit: nothing ends it by itself any more
MEMORY_FULL = 0.9


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Look from the outside in: processes, broker, queues, running jobs. The queue is never emptied."""
    members = [each for each in machine.members() if each.kind == "worker"]
    diagnosis.evidence["processes"] = members
    frozen = _look_for_frozen(diagnosis, members)
    _look_at_life(diagnosis, look, members, frozen=frozen)
    _look_at_broker(diagnosis)
    late = _look_at_queues(diagnosis, look)
    _look_at_running(diagnosis, look, late=late)
    _look_at_leases(diagnosis)


def _look_for_frozen(diagnosis: Diagnosis, members: list[machine.Member]) -> bool:
    frozen = [each for each in members if each.status == psutil.STATUS_STOPPED]
    for each in frozen:
        diagnosis.wrong(
            f"Worker process {each.pid} is frozen (stopped by a signal, state T): it takes and ends nothing."
        )
        diagnosis.remedies.append(
            Remedy(
                f"Let worker process {each.pid} go on.",
                "It continues where it was; jobs that others took over meanwhile are rolled back here.",
                f"kill -STOP {each.pid}",
                partial(_thaw, each.pid),
            )
        )
    return bool(frozen)


def _thaw(pid: int) -> str:
    os.kill(pid, signal.SIGCONT)
    return f"Process {pid} goes on."


def _look_at_life(diagnosis: Diagnosis, look: Look, members: list[machine.Member], *, frozen: bool) -> None:
    if settings.JOBS_IN_THIS_PROCESS:
        diagnosis.ok("There is no broker: jobs run in the site's own process.")
        return
    try:
        # The answer through the broker takes longer than `doctor` has; there the report to the database will do.
        told = processes.worker(anywhere=True) if look.deep else processes.reported_worker()
        diagnosis.ok(told)
    except NotReady as problem:
        diagnosis.wrong(str(problem))
        if not members and not frozen:
            diagnosis.advise("No worker process of this site runs on this machine: deploy/status names its unit")
        for unit in programs.failed_units("worker"):
            diagnosis.remedies.append(remedy_to_start(unit))


def remedy_to_start(unit: str) -> Remedy:
    """Start a unit of systemd that does not run."""
    return Remedy(
        f"Start {unit}.",
        "It does not run, so starting it stops nothing; its log of the last run is kept by the journal.",
        f"systemctl stop {unit}",
        partial(programs.start_unit, unit),
    )


def _look_at_broker(diagnosis: Diagnosis) -> None:
    for server in redis_servers.servers():
        if "broker" not in server.roles:
            continue
        diagnosis.evidence["broker"] = server.facts
        if server.trouble:
            diagnosis.wrong(f"The broker {server.trouble}. Jobs wait in the database and are sent when it is back.")
            diagnosis.advise("manage.py runbook redis-down")
            continue
        used, most = float(server.facts.get("used_memory", 0)), float(server.facts.get("maxmemory", 0))
        if most and used / most >= MEMORY_FULL:
            diagnosis.wrong(f"The broker uses {used / most:.0%} of its maxmemory and will soon take nothing.")
        else:
            diagnosis.ok(f"The broker takes writes and uses {machine.megabytes(used)}.")
        with redis_servers.client(server.url) as line:
            lengths = {queue: line.llen(queue) for queue in LATE}
            diagnosis.evidence["messages"] = {**lengths, "unacknowledged": line.hlen("unacked")}


def _look_at_queues(diagnosis: Diagnosis, look: Look) -> set[str]:
    """Return the queues whose oldest due job has waited too long."""
    lines = selectors.overview()
    diagnosis.evidence["jobs"] = lines
    late = set()
    for line in lines:
        if line.state != Job.State.QUEUED or line.oldest_seconds is None:
            continue
        most = look.seconds(LATE[line.queue])
        if not diagnosis.judge(
            line.oldest_seconds < most,
            f"Queue {line.queue}: {line.count} jobs wait, the oldest for {machine.age(line.oldest_seconds)} "
            f"(late after {machine.age(most)}).",
        ):
            late.add(line.queue)
    return late


def _look_at_running(diagnosis: Diagnosis, look: Look, *, late: set[str]) -> None:
    """Name the jobs that keep a worker from others. A long job that keeps nobody waiting is left alone."""
    now = timezone.now()
    limit = settings.CELERY_TASK_TIME_LIMIT + LONG_AFTER_LIMIT
    running = Job.objects.filter(state=Job.State.RUNNING, started_at__isnull=False).order_by("started_at")
    diagnosis.evidence["running"] = list(running.values("pk", "name", "queue", "worker", "started_at", "attempts")[:50])
    for job in running[:50]:
        lasted = _seconds_since(job.started_at, now)
        told = f"Job {job.pk} ({job.name}) has run for {machine.age(lasted)} in {job.worker or 'a worker'}"
        # A job of a queue that is in time may still keep the only worker; it is given until its soft limit.
        most = look.seconds(RUNS_TOO_LONG) if job.queue in late else settings.CELERY_TASK_SOFT_TIME_LIMIT
        if lasted >= limit or (late and lasted >= most):
            pid = _local_process(job)
            if pid is not None and look.deep:
                seen = machine.sample(pid)
                diagnosis.evidence[f"process {pid}"] = seen
                told += f", and is in {seen.where}" if seen and seen.where else ", and waits for something"
            diagnosis.wrong(f"{told}; other jobs wait behind it.")
            diagnosis.remedies.append(stopping.remedy_for_job(job, pid))
        elif lasted >= RUNS_TOO_LONG:
            diagnosis.note(f"{told}; nobody waits for it.")


def _seconds_since(then: datetime | None, now: datetime) -> float:
    return (now - then).total_seconds() if then else 0.0


def _local_process(job: Job) -> int | None:
    host, _, pid = job.worker.rpartition(":")
    here = host == socket.gethostname() and pid.isdecimal()
    return int(pid) if here and machine.member(int(pid)) else None


def _look_at_leases(diagnosis: Diagnosis) -> None:
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_expires_at__lt=timezone.now() - sweeping.MESSAGE_GRACE)
    count = expired.count()
    if not count:
        diagnosis.ok("No job is held by a worker that has died.")
        return
    diagnosis.wrong(f"{count} jobs are held by workers that have died, and nobody sweeps them up.")
    diagnosis.remedies.append(
        Remedy(
            f"Give the {count} jobs of dead workers back to their queues.",
            "It is what every worker's sweep does; a worker that lives after all finds its job gone and rolls back.",
            "manage.py jobs cancel ID… for jobs that should not run again",
            _released,
        )
    )


def _released() -> str:
    recovered, given_up = sweeping.recover()
    return f"{recovered} jobs are queued again, {given_up} given up after {sweeping.MAX_LOST_LEASES} lost workers."


RUNBOOK = Runbook(
    "worker-stuck", "Jobs wait and nothing takes them", look, alerts=("WorkerStuck", "QueueOld"), settle=45.0
)
