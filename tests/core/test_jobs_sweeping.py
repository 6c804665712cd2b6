"""Sweeping: the jobs of dead workers run again, at most three times, however many sweep."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.jobs import cleanup, sweeping
from apps.core.jobs.sweeper import Sweeper
from apps.core.models import Job
from tests.core import job_tasks  # noqa: F401 - registers the tasks

pytestmark = pytest.mark.django_db


def abandoned(mark: str = "once", *, lost_leases: int = 0, seconds: float = 1) -> Job:
    """Return a job whose worker died and whose lease ran out ``seconds`` ago."""
    job = Job.objects.create(name="tests.leave_mark", args={"mark": mark}, dispatched_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING,
        lease_token=uuid.uuid4(),
        lease_expires_at=Now() - timedelta(seconds=seconds),
        attempts=lost_leases + 1,
        lost_leases=lost_leases,
    )
    return job


def test_the_job_of_a_dead_worker_is_run_by_another() -> None:
    job = abandoned()
    assert sweeping.sweep() == sweeping.Swept(recovered=1, given_up=0, sent=1)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lost_leases) == (Job.State.SUCCEEDED, 2, 1)
    assert Group.objects.count() == 1


def test_the_job_of_a_living_worker_is_left_alone() -> None:
    job = abandoned(seconds=-10)
    assert sweeping.sweep() == sweeping.Swept(recovered=0, given_up=0, sent=0)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING


def test_a_job_that_kills_its_worker_is_delivered_three_times() -> None:
    job = abandoned(lost_leases=2)
    assert sweeping.sweep() == sweeping.Swept(recovered=0, given_up=1, sent=0)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lost_leases) == (Job.State.FAILED, 3, 3)
    assert job.last_error.startswith("Its worker was lost 3 times")
    assert not Group.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_recover_each_job_once() -> None:
    for number in range(30):
        abandoned(f"mark {number}")
    start = threading.Barrier(4)

    def sweep(_: int) -> sweeping.Swept:
        try:
            start.wait()
            return sweeping.sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        swept = list(pool.map(sweep, range(4)))
    assert sum(found.recovered for found in swept) == 30
    assert Group.objects.count() == 30
    assert set(Job.objects.values_list("state", "lost_leases")) == {(Job.State.SUCCEEDED, 1)}


@pytest.mark.django_db(transaction=True)
def test_a_sweep_passes_over_the_rows_of_another_and_does_not_wait() -> None:
    job = abandoned()
    abandoned("other")
    swept: list[sweeping.Swept] = []

    def sweep() -> None:
        try:
            swept.append(sweeping.sweep())
        finally:
            connection.close()

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
    assert swept[0].recovered == 1


def test_more_than_a_batch_is_swept_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "BATCH", 3)
    monkeypatch.setattr(sweeping._take, "__defaults__", (3,))
    for number in range(7):
        abandoned(f"mark {number}")
    assert sweeping.sweep() == sweeping.Swept(recovered=7, given_up=0, sent=7)
    assert Group.objects.count() == 7


def test_the_sweeper_outlives_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    swept = threading.Semaphore(0)

    def fail() -> None:
        swept.release()
        raise OperationalError("the database system is shutting down")

    sweeper = Sweeper(fail, every=0.01)
    sweeper.start()
    assert all(swept.acquire(timeout=5) for _ in range(3))
    sweeper.stop()
    assert "The sweep waits for the database" in caplog.text


def test_the_sweeper_outlives_an_error_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    swept = threading.Semaphore(0)

    def fail() -> None:
        swept.release()
        raise ZeroDivisionError

    sweeper = Sweeper(fail, every=0.01)
    sweeper.start()
    assert all(swept.acquire(timeout=5) for _ in range(3))
    sweeper.stop()
    assert "A sweep failed" in caplog.text


def test_old_finished_jobs_are_forgotten_and_no_others() -> None:
    def finished(days: float, state: str = Job.State.SUCCEEDED) -> Job:
        job = Job.objects.create(name="tests.leave_mark", args={})
        Job.objects.filter(pk=job.pk).update(state=state, finished_at=Now() - timedelta(days=days))
        return job

    kept = {finished(29).pk, Job.objects.create(name="tests.leave_mark", args={}).pk, abandoned().pk}
    for state in Job.FINISHED:
        finished(31, state)
    assert cleanup.delete_finished(batch=2) == 3
    assert set(Job.objects.values_list("pk", flat=True)) == kept


def test_a_sweep_that_finds_nothing_is_cheap(django_assert_num_queries: object) -> None:
    started = time.monotonic()
    # Expired leases, due without a message, queues with stale messages; the others are savepoints of the two batches.
    with django_assert_num_queries(7):  # type: ignore[operator] # a fixture without types
        sweeping.sweep()
    assert time.monotonic() - started < 1
