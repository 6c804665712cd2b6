"""A worker that does nothing, a job that keeps it, and a queue that nobody empties."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings as site
from django.utils import timezone

from apps.core.errors import Conflict, PermissionRefused
from apps.core.jobs import leases, operations
from apps.core.models import AuditEvent, Heartbeat, Job
from apps.core.runbooks import Diagnosis, Level, Look, machine, registry, running, stopping
from tests.core import job_tasks  # noqa: F401 - registers the tasks
from tests.core.test_jobs_operations import failed, person

pytestmark = pytest.mark.django_db

# Busy as a runaway task is, with the thread that renews the lease beside it.
BUSY = """
import sys, threading
never = threading.Event()
threading.Thread(target=never.wait, name=f"lease-of-job-{sys.argv[1]}", daemon=True).start()
def runaway():
    while True:
        sum(range(1000))
runaway()
"""


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EVIDENCE_DIR = tmp_path
    monkeypatch.setattr(stopping, "ASKED_SECONDS", 0.5)


@pytest.fixture
def worker() -> None:
    Heartbeat.objects.create(name="worker@x:1", kind="worker", host=socket.gethostname(), seen_at=timezone.now())


@pytest.fixture
def process() -> Iterator[Any]:
    """Start a process that looks like one of a worker's, working on a job."""
    started: list[subprocess.Popen[bytes]] = []

    def start(job: Job) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", BUSY, str(job.pk), "celery", "worker"]
        started.append(subprocess.Popen(command, cwd=site.BASE_DIR))
        Job.objects.filter(pk=job.pk).update(worker=f"{socket.gethostname()}:{started[-1].pid}")
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


def running_job(*, minutes: float, queue: str = "default", lease_minutes: float = 5) -> Job:
    job = Job.objects.create(name="tests.leave_mark", args={"mark": "a"}, queue=queue)
    assert leases.claim(job.pk) is not None
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        started_at=now - timedelta(minutes=minutes), lease_expires_at=now + timedelta(minutes=lease_minutes)
    )
    job.refresh_from_db()
    return job


def waiting_job(*, minutes: float, queue: str = "default") -> Job:
    job = Job.objects.create(name="tests.leave_mark", args={"mark": "b"}, queue=queue)
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now() - timedelta(minutes=minutes))
    return job


def looked(**how: Any) -> Diagnosis:
    return running.diagnose(registry.named("worker-stuck"), Look(**{"deep": False, **how}))


def texts(found: Diagnosis, level: Level) -> list[str]:
    return [finding.text for finding in found.findings if finding.level == level]


# --- The service ------------------------------------------------------------------------------------------------------


def test_a_stopped_job_has_failed_is_on_record_and_can_run_again() -> None:
    job = running_job(minutes=1)
    assert job.worker == f"{socket.gethostname()}:{os.getpid()}"
    actor = person("requeue_job")
    operations.stop(actor=actor, job_id=job.pk, reason="it ran for ever")
    job.refresh_from_db()
    assert (job.state, job.lease_token, job.last_error) == ("failed", None, "Stopped by hand: it ran for ever")
    event = AuditEvent.objects.get(action="job.stopped")
    assert (event.actor_id, event.old, event.new) == (actor.pk, {"state": "running"}, {"state": "failed"})
    assert operations.requeue(actor=actor, job_id=job.pk).state == "queued"


def test_its_worker_cannot_end_a_stopped_job() -> None:
    job = running_job(minutes=1)
    operations.stop(actor=None, job_id=job.pk, reason="x")
    with pytest.raises(leases.LeaseLost):
        leases.end(job, state=Job.State.SUCCEEDED, finished_at=timezone.now())


def test_only_a_running_job_can_be_stopped_and_only_by_whom_may() -> None:
    with pytest.raises(Conflict, match="only running jobs can be stopped"):
        operations.stop(actor=None, job_id=failed().pk, reason="x")
    job = running_job(minutes=1)
    with pytest.raises(PermissionRefused):
        operations.stop(actor=person("view_job"), job_id=job.pk, reason="x")
    job.refresh_from_db()
    assert job.state == "running"
    assert not AuditEvent.objects.exists()


# --- worker-stuck -----------------------------------------------------------------------------------------------------


def test_without_any_worker_it_says_so() -> None:
    assert "No worker has ever reported anywhere" in looked().cause


def test_a_quick_queue_is_well(worker: None) -> None:
    waiting_job(minutes=0.1)
    running_job(minutes=2)
    assert looked().level == Level.OK


def test_a_long_job_that_keeps_nobody_waiting_is_left_alone(worker: None) -> None:
    job = running_job(minutes=20)
    found = looked()
    assert found.remedies == []
    assert any(f"Job {job.pk}" in text and "nobody waits for it" in text for text in texts(found, Level.NOTE))


def test_a_job_that_keeps_a_late_queue_waiting_is_stopped_and_the_waiting_ones_stay(worker: None) -> None:
    job, waiting = running_job(minutes=20), waiting_job(minutes=10)
    found = looked()
    assert any("the oldest for 10 min (late after 5 min)" in text for text in texts(found, Level.WRONG))
    assert any("other jobs wait behind it" in text for text in texts(found, Level.WRONG))
    [remedy] = found.remedies
    assert remedy.undo == f"manage.py jobs requeue {job.pk}"
    assert f"Job {job.pk} is stopped." in remedy.act()
    job.refresh_from_db()
    waiting.refresh_from_db()
    assert (job.state, waiting.state) == ("failed", "queued")


def test_a_job_of_another_queue_is_given_until_its_limit(worker: None) -> None:
    running_job(minutes=20, queue="bulk")
    waiting_job(minutes=10, queue="critical")
    assert looked().remedies == []


def test_jobs_of_dead_workers_go_back_to_their_queue(worker: None) -> None:
    job = running_job(minutes=3, lease_minutes=-2)
    found = looked()
    assert "1 jobs are held by workers that have died" in found.cause
    [remedy] = found.remedies
    assert remedy.act().startswith("1 jobs are queued again")
    job.refresh_from_db()
    assert (job.state, job.lost_leases) == ("queued", 1)


@pytest.mark.slow
def test_a_frozen_worker_process_is_found_and_goes_on(worker: None, process: Any) -> None:
    job = running_job(minutes=1)
    frozen = process(job)
    os.kill(frozen.pid, signal.SIGSTOP)
    until = threading.Event()
    while psutil.Process(frozen.pid).status() != psutil.STATUS_STOPPED:
        until.wait(0.05)
    found = looked()
    assert found.cause.startswith(f"Worker process {frozen.pid} is frozen")
    assert found.remedies[0].undo == f"kill -STOP {frozen.pid}"
    assert found.remedies[0].act() == f"Process {frozen.pid} goes on."
    assert psutil.Process(frozen.pid).status() != psutil.STATUS_STOPPED


# --- high-cpu ---------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_runaway_job_is_named_with_its_line_and_its_process_is_freed(process: Any) -> None:
    job = running_job(minutes=10, lease_minutes=30)
    runaway = process(job)
    seen = None
    while seen is None or not seen.where:  # Python takes a moment to start
        seen = machine.sample(runaway.pid)
    assert (seen.job_id, seen.where.split(" ")[0]) == (job.pk, "runaway")
    [member] = [each for each in machine.members() if each.pid == runaway.pid]
    found = running.diagnose(registry.named("high-cpu"), Look())
    assert any(f"job {job.pk}, tests.leave_mark" in text for text in texts(found, Level.WRONG)), found.findings
    assert member.kind == "worker"
    [remedy] = [each for each in found.remedies if f"job {job.pk}" in each.does]
    told = remedy.act()
    assert f"Job {job.pk} is stopped." in told
    runaway.wait(timeout=30)
    job.refresh_from_db()
    assert job.state == "failed"
