"""Running: one effect, whoever is told how often; errors come back later, refusals do not."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from apps.core import jobs
from apps.core.jobs import leases, retrying, running
from apps.core.models import Job
from tests.core import job_tasks

pytestmark = pytest.mark.django_db


def waiting(name: str, **args: Any) -> Job:
    """Return a committed job that nobody has started."""
    return Job.objects.create(name=name, args=args, dispatched_at=timezone.now())


def in_threads(call: Any, times: int) -> list[Any]:
    def closing(_: int) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(closing, range(times)))


@pytest.mark.django_db(transaction=True)
def test_eight_deliveries_at_once_have_one_effect() -> None:
    job = waiting("tests.leave_mark", mark="once")
    assert sorted(in_threads(lambda: running.run(job.pk), 8)) == [False] * 7 + [True]
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.SUCCEEDED, 1)
    assert Group.objects.count() == 1


def test_a_second_delivery_after_the_end_does_nothing() -> None:
    job = waiting("tests.leave_mark", mark="once")
    assert running.run(job.pk) is True
    assert running.run(job.pk) is False
    assert Group.objects.count() == 1


def test_a_job_with_arguments_of_another_release_is_left_for_it() -> None:
    job = waiting("tests.leave_mark", mark="once", colour="green")
    assert running.run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempts, job.last_error) == (Job.State.QUEUED, 0, "")
    assert not Group.objects.exists()


def test_a_job_that_is_not_due_cancelled_or_gone_is_not_run() -> None:
    later = waiting("tests.leave_mark", mark="later")
    Job.objects.filter(pk=later.pk).update(run_at=Now() + timedelta(seconds=60))
    cancelled = waiting("tests.leave_mark", mark="cancelled")
    Job.objects.filter(pk=cancelled.pk).update(state=Job.State.CANCELLED, finished_at=Now())
    assert [running.run(pk) for pk in (later.pk, cancelled.pk, cancelled.pk + 1000)] == [False, False, False]
    assert not Group.objects.exists()


def test_an_error_undoes_the_effect_and_the_job_waits_for_its_retry() -> None:
    job = waiting("tests.leave_mark_and_break", mark="half")
    before = timezone.now()
    assert running.run(job.pk) is False
    job.refresh_from_db()
    assert not Group.objects.exists()
    assert (job.state, job.attempts, job.dispatched_at) == (Job.State.QUEUED, 1, None)
    assert job.last_error == "Broken: after half"
    assert 'raise Broken(f"after {mark}")' in job.trace
    assert before <= job.run_at <= timezone.now() + timedelta(seconds=5)


def test_after_three_retries_it_has_failed() -> None:
    job = waiting("tests.leave_mark_and_break", mark="half")
    for attempt in range(1, 5):
        Job.objects.filter(pk=job.pk).update(run_at=Now())
        assert running.run(job.pk) is False
        job.refresh_from_db()
        assert job.attempts == attempt
        assert job.state == (Job.State.QUEUED if attempt < 4 else Job.State.FAILED)
    assert job.finished_at is not None
    assert running.run(job.pk) is False
    job.refresh_from_db()
    assert job.attempts == 4


def test_a_refusal_is_final() -> None:
    job = waiting("tests.refuse")
    running.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.FAILED, 1)
    assert job.last_error == "Conflict: The invitation has expired."


def test_a_task_may_say_when_it_should_run_again() -> None:
    job = waiting("tests.retry_later")
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert timedelta(seconds=85) < job.run_at - timezone.now() <= timedelta(seconds=90)
    Job.objects.filter(pk=job.pk).update(run_at=Now())
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED  # it may be retried once


def test_pauses_double_up_to_a_limit_and_spread_over_the_whole_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    longest: list[float] = []
    monkeypatch.setattr(retrying.random, "uniform", lambda low, high: longest.append(high) or low)

    class Endless:
        max_retries = 100
        backoff_seconds = 5
        backoff_max_seconds = 600

    for attempts in range(1, 10):
        delay = retrying.delay_after(ValueError(), job=Job(attempts=attempts), task=Endless)  # type: ignore[arg-type] # only the name is asked
        assert delay == timedelta(0)  # full jitter begins at none
    assert longest == [5, 10, 20, 40, 80, 160, 320, 600, 600]


def test_lost_workers_do_not_use_up_the_retries() -> None:
    job = waiting("tests.leave_mark_and_break", mark="half")
    Job.objects.filter(pk=job.pk).update(attempts=2, lost_leases=2)
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_lease_meanwhile_leaves_no_effect() -> None:
    """A worker that hangs for longer than its lease and then goes on, while another has done the work."""
    job = waiting("tests.wait_then_mark", mark="once")
    job_tasks.gate.clear()
    outcome: list[bool] = []

    def hang() -> None:
        try:
            outcome.append(running.run(job.pk))
        finally:
            connection.close()

    slow = threading.Thread(target=hang)
    slow.start()
    while not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).exists():
        time.sleep(0.01)
    taken = Job.objects.filter(pk=job.pk).update(
        state=Job.State.QUEUED, lease_token=None, lease_expires_at=None, lost_leases=1
    )
    assert taken == 1
    other = leases.claim(job.pk)
    assert other is not None
    job_tasks.gate.set()
    slow.join(10)
    assert outcome == [False]
    assert not Group.objects.exists()
    job.refresh_from_db()
    assert (job.state, job.lease_token) == (Job.State.RUNNING, other.lease_token)
    leases.end(other, state=Job.State.SUCCEEDED, finished_at=Now())
    assert not Group.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_long_job_keeps_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.6))
    monkeypatch.setattr(leases, "RENEW_EVERY", timedelta(seconds=0.1))
    job = waiting("tests.wait_then_mark", mark="long")
    job_tasks.gate.clear()
    threading.Timer(1.5, job_tasks.gate.set).start()
    assert running.run(job.pk) is True
    assert Group.objects.get().name == "long"


@pytest.mark.django_db(transaction=True)
def test_the_thread_that_renews_ends_with_the_job_and_closes_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEW_EVERY", timedelta(seconds=0.02))
    sessions_before = other_sessions()  # the live site of the journeys may have some
    job = waiting("tests.wait_then_mark", mark="long")
    job_tasks.gate.clear()
    threading.Timer(0.2, job_tasks.gate.set).start()
    running.run(job.pk)
    deadline = time.monotonic() + 5
    while any(thread.name == f"lease-of-job-{job.pk}" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    while other_sessions() > sessions_before:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def other_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_effects_outside_the_database_are_not_undone() -> None:
    job = waiting("tests.mark_outside", mark="sent")
    running.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert Group.objects.get().name == "sent"


@pytest.mark.parametrize(
    ("what", "kept"),
    [
        ("set", "{1, 2}"),
        ("NUL", '{"a": "\\u0000"}'),
        ("surrogate", '"\\ud800"'),
        ("long", '"' + "x" * 499),
        ("none", None),
    ],
)
def test_a_result_that_the_row_can_not_hold_is_kept_as_text(what: str, kept: str | None) -> None:
    job = waiting("tests.return_something", what=what)
    assert running.run(job.pk) is True
    job.refresh_from_db()
    assert job.result == kept


def test_a_job_of_a_newer_release_waits_for_a_worker_that_knows_it() -> None:
    job = waiting("tests.of_the_next_release")
    assert running.run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.QUEUED, 0)
    assert job.run_at > timezone.now() + timedelta(seconds=50)


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_key_make_one_job() -> None:
    made = in_threads(
        lambda: jobs.enqueue("tests.leave_mark", mark="a", _dedupe_key="k", _run_at=timezone.now() + timedelta(1)).pk, 4
    )
    assert len(set(made)) == 1
    assert Job.objects.count() == 1
