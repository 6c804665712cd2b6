"""Enqueueing: a job commits or vanishes with its cause, and what could never run is refused at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core import context, jobs
from apps.core.jobs import running
from apps.core.jobs.registry import UnknownTask
from apps.core.models import Job
from tests.core import job_tasks

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_after_the_commit_and_not_before() -> None:
    with transaction.atomic():
        job = jobs.enqueue("tests.leave_mark", mark="done")
        assert not Group.objects.exists()
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
    assert job.result == {"mark": "done"}
    assert job.attempts == 1
    assert Group.objects.get().name == "done"


@pytest.mark.django_db(transaction=True)
def test_a_rollback_takes_the_job_along() -> None:
    with transaction.atomic():
        jobs.enqueue("tests.leave_mark", mark="ghost")
        transaction.set_rollback(True)
    assert not Job.objects.exists()
    assert not Group.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_can_be_enqueued_outside_of_any_transaction() -> None:
    job = jobs.enqueue("tests.leave_mark", mark="done")
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_an_error_in_the_job_is_not_the_callers() -> None:
    job = jobs.enqueue("tests.leave_mark_and_break", mark="half")
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert job.last_error == "Broken: after half"


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_job_commits_or_vanishes_with_it() -> None:
    jobs.enqueue("tests.enqueue_another", mark="second")
    assert Group.objects.get().name == "second"
    jobs.enqueue("tests.enqueue_another", mark="never", fail=True)
    assert Group.objects.count() == 1
    assert not Job.objects.filter(args__mark="never", name="tests.leave_mark").exists()


def test_celerys_own_way_in_makes_a_job_too() -> None:
    job = job_tasks.leave_mark.apply_async(("by position",), countdown=60, queue="bulk")
    job.refresh_from_db()
    assert job.args == {"mark": "by position"}
    assert job.queue == "bulk"
    assert timedelta(seconds=50) < job.run_at - timezone.now() <= timedelta(seconds=60)
    assert job_tasks.leave_mark.delay(mark="by name").args == {"mark": "by name"}
    assert job_tasks.take_anything.delay(1, url="/", title="x").args == {"first": 1, "url": "/", "title": "x"}


def test_a_task_called_by_hand_just_runs() -> None:
    assert job_tasks.leave_mark("by hand") == {"mark": "by hand"}
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ({}, "missing"),
        ({"mark": "a", "more": 1}, "unexpected"),
        ({"mark": object()}, "plain JSON"),
        ({"mark": timezone.now()}, "plain JSON"),
        ({"mark": float("nan")}, "plain JSON"),
        ({"mark": (1, 2)}, "lists instead of tuples"),
        ({"mark": {1: 2}}, "strings as keys"),
        ({"mark": "\ud800"}, "plain JSON"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_at_once(args: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        jobs.enqueue("tests.leave_mark", **args)
    assert not Job.objects.exists()


@pytest.mark.parametrize(("mark", "told"), [("a\x00b", "NUL"), ("x" * 70_000, "pass ids")])
def test_values_that_the_database_can_not_hold_are_refused_at_once(mark: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        jobs.enqueue("tests.leave_mark", mark=mark)
    assert not Job.objects.exists()


def test_a_backslash_is_no_reason_to_refuse() -> None:
    for mark in ("C:\\u0000", "\\\\u0000", "ঢাকা 🏆"):
        job = jobs.enqueue("tests.leave_mark", mark=mark)
        job.refresh_from_db()
        assert job.args == {"mark": mark}


def test_an_unknown_task_queue_or_naive_time_is_refused_at_once() -> None:
    with pytest.raises(UnknownTask, match=r"No task is named 'tests\.no_such'"):
        jobs.enqueue("tests.no_such")
    with pytest.raises(ValueError, match="There are critical, default, bulk"):
        jobs.enqueue("tests.leave_mark", mark="a", _queue="urgent")
    with pytest.raises(ValueError, match="time zone"):
        jobs.enqueue("tests.leave_mark", mark="a", _run_at=timezone.now().replace(tzinfo=None))
    assert not Job.objects.exists()


def test_a_task_has_its_own_queue_and_the_caller_may_choose_another() -> None:
    assert jobs.enqueue("tests.leave_mark", mark="a").queue == "default"
    assert jobs.enqueue("tests.mark_outside", mark="a").queue == "bulk"
    assert jobs.enqueue("tests.mark_outside", mark="a", _queue="critical").queue == "critical"


@pytest.mark.django_db(transaction=True)
def test_a_job_for_later_waits() -> None:
    job = jobs.enqueue("tests.leave_mark", mark="later", _run_at=timezone.now() + timedelta(hours=1))
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert job.dispatched_at is None
    assert not Group.objects.exists()


def test_while_a_job_is_unfinished_its_key_makes_no_second_one() -> None:
    first = jobs.enqueue("tests.leave_mark", mark="a", _dedupe_key="digest:7")
    again = jobs.enqueue("tests.leave_mark", mark="b", _dedupe_key="digest:7")
    assert again.pk == first.pk
    assert again.args == {"mark": "a"}
    assert jobs.enqueue("tests.leave_mark", mark="c", _dedupe_key="digest:8").pk != first.pk
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_finished_job_frees_its_key() -> None:
    first = jobs.enqueue("tests.leave_mark", mark="a", _dedupe_key="digest:7")
    second = jobs.enqueue("tests.leave_mark", mark="b", _dedupe_key="digest:7")
    assert second.pk != first.pk
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.SUCCEEDED}


@pytest.mark.django_db(transaction=True)
def test_the_job_belongs_to_the_request_that_caused_it() -> None:
    job_tasks.seen.clear()
    with context.bind(request_id="request-0001", user_id=7, route="teams:invite"):
        job = jobs.enqueue("tests.note_context")
    with context.bind(request_id="request-0002", user_id=8), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, finished_at=None)
        running.run(job.pk)
    for seen in job_tasks.seen:
        assert (seen.request_id, seen.user_id, seen.task_id) == ("request-0001", 7, str(job.pk))
    assert len(job_tasks.seen) == 2


def test_enqueueing_costs_one_query(django_assert_num_queries: Any) -> None:
    jobs.enqueue("tests.leave_mark", mark="a")
    with django_assert_num_queries(1):  # the INSERT, which also returns the database's times
        jobs.enqueue("tests.leave_mark", mark="b")


def test_a_job_that_could_not_be_is_refused_by_the_database() -> None:
    job = jobs.enqueue("tests.leave_mark", mark="a")
    table = connection.ops.quote_name(Job._meta.db_table)
    for impossible in (
        "state = 'lost'",
        "queue = 'urgent'",
        "state = 'running'",
        "state = 'failed'",
        "finished_at = now()",
        "lease_token = gen_random_uuid()",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {impossible} WHERE id = %s", [job.pk])
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
