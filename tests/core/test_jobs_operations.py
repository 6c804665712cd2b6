"""By hand: who may run failed jobs again or cancel waiting ones, in the admin and at the shell."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.jobs import operations
from apps.core.models import AuditEvent, Job, Schedule
from tests.core import job_tasks  # noqa: F401 - registers the tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False


def failed(mark: str = "again", **changes: object) -> Job:
    job = Job.objects.create(name="tests.leave_mark", args={"mark": mark}, attempts=4, lost_leases=1)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.FAILED, finished_at=Now(), last_error="Broken: <b>bold</b>", trace="Traceback …", **changes
    )
    job.refresh_from_db()
    return job


def person(*permissions: str, **changes: bool) -> Any:
    user = get_user_model().objects.create_user(
        "staff", email="staff@example.com", password="x", is_staff=True, **changes
    )
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return get_user_model().objects.get(pk=user.pk)


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_runs_again_with_all_its_tries() -> None:
    actor = person("requeue_job")
    job = operations.requeue(actor=actor, job_id=failed().pk)
    assert (job.state, job.attempts, job.lost_leases, job.finished_at) == (Job.State.QUEUED, 0, 0, None)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (Job.State.SUCCEEDED, 1)
    assert Group.objects.get().name == "again"
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.actor_id) == ("job.requeued", str(job.pk), actor.pk)
    assert (event.old, event.new) == ({"state": "failed"}, {"state": "queued"})


@pytest.mark.parametrize("act", [operations.requeue, operations.cancel])
def test_without_the_permission_nothing_happens(act: object) -> None:
    actor = person("view_job")
    for job in (failed("a"), Job.objects.create(name="tests.leave_mark", args={"mark": "b"})):
        with pytest.raises(PermissionRefused, match="Can requeue and cancel jobs"):
            act(actor=actor, job_id=job.pk)  # type: ignore[operator] # a parameter
        state = job.state
        job.refresh_from_db()
        assert job.state == state
    assert not AuditEvent.objects.exists()
    assert operations.can_manage(actor) is False


def test_only_what_is_over_without_success_can_be_requeued() -> None:
    waiting = Job.objects.create(name="tests.leave_mark", args={"mark": "a"})
    with pytest.raises(Conflict, match="is queued"):
        operations.requeue(actor=None, job_id=waiting.pk)
    with pytest.raises(NotFound, match="There is no job 0"):
        operations.requeue(actor=None, job_id=0)


def test_a_job_whose_key_is_taken_is_not_requeued() -> None:
    job = failed(dedupe_key="digest:7")
    twin = Job.objects.create(name="tests.leave_mark", args={"mark": "b"}, dedupe_key="digest:7")
    with pytest.raises(Conflict, match="Another job with the key 'digest:7'"):
        operations.requeue(actor=None, job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert Job.objects.get(state=Job.State.QUEUED) == twin


def test_a_waiting_job_can_be_cancelled_and_a_failed_one_can_not() -> None:
    waiting = Job.objects.create(name="tests.leave_mark", args={"mark": "a"})
    operations.cancel(actor=person("requeue_job"), job_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == Job.State.CANCELLED
    assert waiting.finished_at is not None
    assert AuditEvent.objects.get().action == "job.cancelled"
    with pytest.raises(Conflict, match="is failed"):
        operations.cancel(actor=None, job_id=failed().pk)


def test_the_command_shows_counts_ages_and_the_schedule() -> None:
    failed()
    old = Job.objects.create(name="tests.leave_mark", args={"mark": "a"}, queue="bulk")
    Job.objects.filter(pk=old.pk).update(run_at=Now() - timedelta(hours=2))
    Schedule.objects.create(name="delete-finished-jobs-daily", due_at=timezone.now() - timedelta(days=3))
    out = io.StringIO()
    call_command("jobs", "--json", stdout=out)
    found = json.loads(out.getvalue())
    lines = {(line["queue"], line["state"]): line for line in found["jobs"]}
    assert lines["bulk", "queued"]["count"] == 1
    assert 7195 < lines["bulk", "queued"]["oldest_seconds"] < 7260
    assert lines["default", "failed"]["count"] == 1
    [entry] = [line for line in found["schedule"] if line["name"] == "delete-finished-jobs-daily"]
    assert entry["late_seconds"] > 86400
    out = io.StringIO()
    call_command("jobs", stdout=out)
    assert "bulk       queued            1  2.0 h" in out.getvalue()
    assert "late by" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_requeues_what_it_can_and_names_what_it_can_not() -> None:
    job = failed()
    out = io.StringIO()
    with pytest.raises(CommandError, match="There is no job 0"):
        call_command("jobs", "requeue", str(job.pk), "0", stdout=out)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED
    assert f"Job {job.pk}: requeue done." in out.getvalue()
    with pytest.raises(CommandError, match="Say which"):
        call_command("jobs", "cancel")


def test_staff_see_failed_jobs_with_arguments_and_trace(client: Client) -> None:
    job = failed("look at me")
    client.force_login(person("view_job"))
    page = client.get("/admin/core/job/?state__exact=failed").content.decode()
    assert "look at me" in page
    assert "Broken: &lt;b&gt;bold&lt;/b&gt;" in page
    assert "Run again" not in page
    detail = client.get(f"/admin/core/job/{job.pk}/change/").content.decode()
    assert "Traceback …" in detail
    assert "look at me" in detail


@pytest.mark.django_db(transaction=True)
def test_the_list_of_failed_jobs_holds_nothing_else_and_runs_them_again(client: Client) -> None:
    job = failed()
    Job.objects.create(name="tests.leave_mark", args={"mark": "still-waiting"})
    client.force_login(person("view_job", "requeue_job"))
    text = client.get("/admin/core/failedjob/").content.decode()
    assert "&quot;again&quot;" in text
    assert "Broken: &lt;b&gt;bold" in text
    assert "still-waiting" not in text
    assert "Traceback" in client.get(f"/admin/core/failedjob/{job.pk}/change/").content.decode()
    client.post("/admin/core/failedjob/", {"action": "requeue", "_selected_action": [job.pk]})
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED


@pytest.mark.django_db(transaction=True)
def test_staff_with_the_permission_run_failed_jobs_again_from_the_list(client: Client) -> None:
    job = failed()
    client.force_login(person("view_job", "requeue_job"))
    answer = client.post("/admin/core/job/", {"action": "requeue", "_selected_action": [job.pk]}, follow=True)
    assert "1 job: runs again." in answer.content.decode()
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED


def test_staff_without_the_permission_can_not_post_the_action_either(client: Client) -> None:
    job = failed()
    client.force_login(person("view_job"))
    client.post("/admin/core/job/", {"action": "requeue", "_selected_action": [job.pk]})
    job.refresh_from_db()
    assert job.state == Job.State.FAILED


def test_nobody_edits_adds_or_deletes_jobs_in_the_admin(client: Client) -> None:
    job = failed()
    client.force_login(person(is_superuser=True))
    assert client.get("/admin/core/job/add/").status_code == 403
    assert client.post(f"/admin/core/job/{job.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/core/job/{job.pk}/change/", {"name": "x"}).status_code == 403
    job.refresh_from_db()
    assert job.name == "tests.leave_mark"
