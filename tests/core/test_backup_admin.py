"""Staff look at the history of backups, and ask for one or for a proof; a job does it, once."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from apps.core.backups import asking
from apps.core.backups.errors import BackupRefused
from apps.core.errors import PermissionRefused
from apps.core.jobs import running
from apps.core.models import AuditEvent, BackupRecord, Job
from tests.core.backup_case import places

__all__ = ["places"]

pytestmark = pytest.mark.django_db

LIST = "/admin/core/backuprecord/"
SET = "20261129T010000Z-3f2a"


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.ADMIN_REQUIRE_MFA = False


def person(*permissions: str) -> Any:
    user = get_user_model().objects.create_user("staff", "staff@example.com", "long-enough-password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions, content_type__app_label="core"))
    return user


def logged_in(client: Client, *permissions: str) -> Any:
    user = person(*permissions)
    client.force_login(user)
    return user


def a_row(**told: Any) -> BackupRecord:
    told = {"kind": "all", "state": "succeeded", "set_id": SET, "size": 2048, "places": ["folder", "s3"]} | told
    return BackupRecord.objects.create(finished_at=timezone.now(), **told)


def test_the_list_and_one_act_tell_what_became_of_it(client: Client) -> None:
    logged_in(client, "view_backuprecord")
    row = a_row(state="failed", message="The disk did not take it: No space left on device.")
    listed = client.get(LIST).content.decode()
    for told in (SET, "folder, s3", "2.0\xa0KB", "No space left on device"):
        assert told in listed
    assert f"{LIST}make/" not in listed, "who may only look is offered nothing to start"
    assert "No space left on device" in client.get(f"{LIST}{row.pk}/change/").content.decode()


@pytest.mark.parametrize("address", [f"{LIST}add/", f"{LIST}%d/delete/", f"{LIST}make/", f"{LIST}%d/prove/"])
def test_who_may_look_starts_and_deletes_nothing(client: Client, address: str) -> None:
    logged_in(client, "view_backuprecord")
    row = a_row()
    address = address.replace("%d", str(row.pk))
    assert client.get(address).status_code == 403
    assert client.post(address, {"kind": "all", "post": "yes"}).status_code == 403
    assert BackupRecord.objects.count() == 1
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_backup_is_asked_for_once_and_on_record(client: Client) -> None:
    user = logged_in(client, "view_backuprecord", "run_backup")
    page = client.get(f"{LIST}make/")
    assert page.status_code == 200
    assert not Job.objects.exists(), "looking starts nothing"
    for _ in range(2):
        answer = client.post(f"{LIST}make/", {"kind": "media"}, follow=True)
        assert "The backup is under way as job" in answer.content.decode()
    job = Job.objects.get()
    assert (job.name, job.args["kind"], job.args["asked_by"]) == ("core.run_backup", "media", user.pk)
    assert list(AuditEvent.objects.order_by().values_list("action", "actor_id").distinct()) == [
        ("backup.asked", user.pk)
    ]
    assert "Select a valid choice" in client.post(f"{LIST}make/", {"kind": "everything"}).content.decode()


def test_a_proof_is_asked_for_from_its_page_and_from_the_list(client: Client) -> None:
    logged_in(client, "view_backuprecord", "run_backup")
    row, nameless = a_row(), a_row(set_id="", state="failed")
    assert SET in client.get(f"{LIST}{row.pk}/prove/").content.decode()
    client.post(f"{LIST}{row.pk}/prove/")
    assert Job.objects.get().args["set_id"] == SET
    assert "is not the id of a set" in client.post(f"{LIST}{nameless.pk}/prove/").content.decode()
    selected = {"action": "prove_selected", "_selected_action": [row.pk, nameless.pk]}
    told = client.post(LIST, selected, follow=True).content.decode()
    assert f"The proof of {SET} is under way." in told
    assert "is not the id of a set" in told
    assert Job.objects.count() == 1
    assert client.get(f"{LIST}999999/prove/").status_code == 404


def test_what_cannot_be_asked_for_is_refused_and_leaves_nothing() -> None:
    user = person("view_backuprecord")
    with pytest.raises(PermissionRefused, match="Can make and prove backups"):
        asking.ask(actor=user, kind="all")
    for kind, set_id in (("restore", ""), ("all", SET), ("verify", "latest"), ("verify", "../../etc")):
        with pytest.raises(BackupRefused):
            asking.ask(actor=None, kind=kind, set_id=set_id)
    assert not Job.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_job_makes_it_and_proves_it(places: Any, settings: Any) -> None:
    settings.JOBS_INLINE = False
    user = person("run_backup")
    assert running.run(asking.ask(actor=user, kind="media").pk)
    made = BackupRecord.objects.get()
    assert (made.kind, made.state, made.actor_id) == ("media", "succeeded", user.pk)
    assert running.run(asking.ask(actor=user, kind="verify", set_id=made.set_id).pk)
    proof = BackupRecord.objects.get(kind="verify")
    assert (proof.state, proof.set_id, proof.actor_id) == ("succeeded", made.set_id, user.pk)
