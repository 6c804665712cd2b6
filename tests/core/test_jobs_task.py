"""The task class: what a worker's message, and a call by hand, come to."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery.exceptions import Ignore
from django.contrib.auth.models import Group
from django.db import OperationalError
from django.utils import timezone

from apps.core import jobs
from apps.core.jobs import leases, registry, running
from apps.core.jobs.retrying import RetryLater
from apps.core.models import Job
from tests.core import job_tasks

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def delivered(job: Job) -> Iterator[None]:
    """Stand in for the worker, which gives a message's headers to the task as its request."""
    job_tasks.leave_mark.push_request(job_id=job.pk, called_directly=False)
    try:
        yield
    finally:
        job_tasks.leave_mark.pop_request()


@pytest.fixture
def job() -> Job:
    return Job.objects.create(name="tests.leave_mark", args={"mark": "once"}, dispatched_at=timezone.now())


def test_a_message_runs_its_job(job: Job) -> None:
    with delivered(job):
        assert job_tasks.leave_mark() is None
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
    assert Group.objects.get().name == "once"


def test_a_second_message_is_ignored(job: Job) -> None:
    with delivered(job):
        job_tasks.leave_mark()
    with delivered(job), pytest.raises(Ignore):
        job_tasks.leave_mark()
    assert Group.objects.count() == 1


def test_a_task_that_a_body_calls_by_hand_is_a_plain_function(job: Job) -> None:
    with delivered(job):
        job_tasks.leave_mark()
        assert job_tasks.leave_mark("by hand") == {"mark": "by hand"}
    assert Group.objects.count() == 2


def test_a_message_that_comes_while_the_database_is_away_is_left_to_the_sweeper(
    job: Job, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(job_id: int) -> None:
        raise OperationalError("the database system is starting up")

    monkeypatch.setattr(leases, "claim", away)
    with delivered(job), pytest.raises(Ignore):
        job_tasks.leave_mark()
    assert f"Job {job.pk} waits for the sweeper" in caplog.text
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)


def test_celerys_retry_says_so_to_the_runner() -> None:
    with pytest.raises(RetryLater) as later:
        job_tasks.leave_mark.retry(exc=ValueError("busy"), countdown=30)
    assert later.value.seconds == 30
    with pytest.raises(ValueError, match="busy"):
        job_tasks.leave_mark.retry(exc=ValueError("busy"))


FORKING = """
import os, threading, time
import django
django.setup()
from apps.core.jobs.sweeper import Sweeper

busy, slow = threading.Event(), threading.Event()

def work():
    busy.set()
    time.sleep(4 if slow.is_set() else 0.05)
    busy.clear()

sweeper = Sweeper(work, every=0.02)
sweeper.let_forks_wait()
sweeper.start()
for _ in range(20):
    time.sleep(0.01)
    child = os.fork()
    if child == 0:
        os._exit(1 if busy.is_set() else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "forked in the middle of a sweep"
slow.set()
while not busy.is_set():
    time.sleep(0.01)
time.sleep(0.2)
begin = time.monotonic()
child = os.fork()
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
assert 1.5 < time.monotonic() - begin < 3.5, "a sweep that hangs holds up a fork for two seconds and no longer"
slow.clear()
busy.clear()
assert busy.wait(10), "the sweeper goes on"
print("kept")
"""


@pytest.mark.slow
def test_a_worker_forks_between_sweeps_and_a_sweep_that_hangs_does_not_stop_it(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "deltacrown.settings_test_pg"}
    command = [sys.executable, "-W", "ignore", "-c", FORKING]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.stdout.endswith("kept\n"), done.stderr[-3000:]


def test_a_job_of_the_last_release_finds_its_task_by_the_name_it_had_then() -> None:
    waiting = jobs.enqueue("tests.make_mark", mark="renamed")
    assert running.run(waiting.pk)
    assert Group.objects.get().name == "renamed"
    assert registry.loaded_app().tasks["tests.make_mark"] is registry.task_named("tests.leave_mark")
