"""Staff pause, resume and run entries of the schedule, and see when each last succeeded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.jobs import running, schedule_operations, schedules, selectors
from apps.core.models import AuditEvent, Job, Schedule
from deltacrown.celery import app

pytestmark = pytest.mark.django_db

NAME = "delete-finished-jobs-daily"
URL = "/admin/core/schedule/"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False


def person(*permissions: str) -> Any:
    user = get_user_model().objects.create_user("staff", "staff@example.com", "long-enough-password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="core"))
    return user


def entry() -> schedules.Entry:
    [found] = [found for found in schedules.entries() if found.name == NAME]
    return found


def at(day: int, hour: int = 5) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_paused_entry_lets_its_times_pass_and_makes_up_for_none() -> None:
    actor = person("manage_schedule")
    schedules.enqueue_due(entry(), now=at(1))
    schedule_operations.pause(actor=actor, name=NAME)
    assert schedules.enqueue_due(entry(), now=at(3)) is None
    assert Schedule.objects.get().due_at == at(3, 4).replace(minute=30)
    schedule_operations.resume(actor=actor, name=NAME)
    Schedule.objects.update(due_at=at(3))
    assert schedules.enqueue_due(entry(), now=at(4, 4)) is None
    assert schedules.enqueue_due(entry(), now=at(4)) is not None
    assert Job.objects.count() == 1
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "actor_id")) == [
        ("schedule.paused", actor.pk),
        ("schedule.resumed", actor.pk),
    ]


def test_what_passed_while_it_was_paused_and_no_beat_ran_is_not_made_up_for_either() -> None:
    Schedule.objects.create(name=NAME, due_at=at(1))
    schedule_operations.pause(actor=None, name=NAME)
    schedule_operations.resume(actor=None, name=NAME)
    assert schedules.enqueue_due(entry()) is None


def test_an_entry_runs_now_once_also_when_it_is_paused_and_no_beat_has_seen_it() -> None:
    schedule_operations.pause(actor=None, name=NAME)
    job = schedule_operations.run_now(actor=None, name=NAME)
    assert schedule_operations.run_now(actor=None, name=NAME) == job
    assert (Job.objects.get().name, Schedule.objects.get().job) == ("core.delete_finished_jobs", job)


def test_the_last_success_is_remembered_and_a_failure_leaves_it() -> None:
    job = schedule_operations.run_now(actor=None, name=NAME)
    assert Schedule.objects.get().last_success_at is None
    assert running.run(job.pk)
    success = Schedule.objects.get().last_success_at
    assert success is not None
    assert timezone.now() - success < timedelta(minutes=1)
    other = Job.objects.create(name="tests.refuse", dedupe_key=f"schedule:{NAME}")
    assert not running.run(other.pk)
    assert Schedule.objects.get().last_success_at == success


def test_two_times_without_a_success_are_told_and_one_is_not() -> None:
    row = Schedule.objects.create(name=NAME, due_at=at(10))
    row.last_success_at = at(8, 5)
    assert selectors.schedule_line(entry(), row, at(10, 4)).misses is False
    assert selectors.schedule_line(entry(), row, at(10, 5)).misses is True
    row.paused_at = at(8)
    assert selectors.schedule_line(entry(), row, at(10, 5)).misses is False


@pytest.mark.parametrize("act", [schedule_operations.pause, schedule_operations.resume, schedule_operations.run_now])
def test_without_the_permission_nothing_happens(act: Any) -> None:
    Schedule.objects.create(name=NAME, due_at=at(1))
    with pytest.raises(PermissionRefused, match="Can pause, resume and run the schedule"):
        act(actor=person("view_schedule"), name=NAME)
    assert Schedule.objects.get().paused_at is None
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


def test_what_is_not_there_or_is_so_already_is_refused() -> None:
    with pytest.raises(NotFound, match="no entry 'none'"):
        schedule_operations.run_now(actor=None, name="none")
    with pytest.raises(Conflict, match="is not paused"):
        schedule_operations.resume(actor=None, name=NAME)
    schedule_operations.pause(actor=None, name=NAME)
    with pytest.raises(Conflict, match="is paused already"):
        schedule_operations.pause(actor=None, name=NAME)
    assert AuditEvent.objects.count() == 1


def test_an_interval_and_a_crontab_are_said_in_words() -> None:
    assert schedules.in_words(entry().when) == "30 4 * * *"
    assert schedules.in_words(schedules._as_schedule(90)) == "every 0:01:30"


def test_staff_see_the_schedule_and_act_on_it(client: Client, django_assert_max_num_queries: Any) -> None:
    schedules.tick()
    Schedule.objects.filter(name=NAME).update(due_at=timezone.now() - timedelta(days=3))
    Schedule.objects.create(name="gone-from-the-code", due_at=timezone.now())
    client.force_login(person("view_schedule", "manage_schedule"))
    # Session, person, permissions, counts and rows: nothing of it by row.
    with django_assert_max_num_queries(14):
        page = client.get(URL).content.decode()
    assert "late: does beat run?" in page
    assert "gone-from-the-code" not in page
    assert page.count("30 4 * * *") == 1
    for action, told in (("pause", "paused"), ("run_now", "started"), ("resume", "resumed")):
        answer = client.post(URL, {"action": action, "_selected_action": [NAME]}, follow=True).content.decode()
        assert f"{NAME}: {told}." in answer
    assert Job.objects.get().name == "core.delete_finished_jobs"
    assert client.get("/admin/core/job/?name=core.delete_finished_jobs").content.decode().count("/core/job/") > 0


def test_staff_without_the_permission_are_not_offered_it_and_can_not_post_it(client: Client) -> None:
    client.force_login(person("view_schedule"))
    assert "No beat has seen these entries yet" in client.get(URL).content.decode()
    schedules.tick()
    assert 'value="pause"' not in client.get(URL).content.decode()
    client.post(URL, {"action": "pause", "_selected_action": [NAME]})
    assert Schedule.objects.get(name=NAME).paused_at is None
    assert client.get(f"{URL}add/").status_code == 403
    assert len(schedules.entries()) == len(app.conf.beat_schedule)
