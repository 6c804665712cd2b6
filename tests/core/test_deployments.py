"""The deployment log of the server becomes rows, once, whatever a kill left of it."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from apps.core.models import AuditEvent, Deployment
from apps.core.operations import deployments_section, sections
from apps.core.releases.recording import record_deployments
from deploy.deployer import journal as journals
from deploy.deployer.journal import Journal

pytestmark = pytest.mark.django_db(transaction=True)
COMMIT = "a1b2c3d4e5f6" + "0" * 28


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    made = Journal(tmp_path, kind="release", ref="v1.4.0", quiet=True)
    made.note("commit", commit=COMMIT)
    made.step("code")
    made.done("code", 1.25)
    return made


def test_a_deployment_is_recorded_while_it_runs_and_after_it(journal: Journal, tmp_path: Path) -> None:
    [row] = record_deployments(actor=None, folder=tmp_path)
    assert (row.state, row.kind, row.ref, row.commit, row.finished_at) == ("running", "release", "v1.4.0", COMMIT, None)
    assert not AuditEvent.objects.filter(target_type="core.deployment").exists()
    journal.ended("succeeded", commit=COMMIT[:12])
    [row] = record_deployments(actor=None, folder=tmp_path)
    assert row.state == "succeeded"
    assert row.finished_at is not None
    assert row.steps == [{"name": "code", "seconds": 1.25}]
    event = AuditEvent.objects.get(target_type="core.deployment")
    assert (event.action, event.new["commit"], event.target_id) == ("deployment.succeeded", COMMIT, journal.identifier)


def test_recording_again_changes_nothing(journal: Journal, tmp_path: Path) -> None:
    journal.ended("failed", "predeploy refuses the release:\n  disk: full")
    assert len(record_deployments(actor=None, folder=tmp_path)) == 1
    assert record_deployments(actor=None, folder=tmp_path) == []
    assert Deployment.objects.get().reason.startswith("predeploy refuses")
    assert AuditEvent.objects.filter(target_type="core.deployment").count() == 1


def test_a_killed_deployment_is_recorded_as_interrupted(journal: Journal, tmp_path: Path) -> None:
    with journal.path.open("a") as file:
        file.write('{"at": "2026-11-')
    journals.close_interrupted(journal.path)
    [row] = record_deployments(actor=None, folder=tmp_path)
    assert row.state == "interrupted"


def test_a_log_that_says_nothing_yet_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "20261129-170000-abc.jsonl").write_text('{"at": "2026-1')
    assert record_deployments(actor=None, folder=tmp_path) == []
    assert not Deployment.objects.exists()


def test_what_a_step_quotes_is_scrubbed(journal: Journal, tmp_path: Path) -> None:
    journal.ended("failed", "could not connect to redis://:hunter2secret@127.0.0.1:6380/0 for mim@example.com")
    [row] = record_deployments(actor=None, folder=tmp_path)
    assert "hunter2secret" not in row.reason
    assert "mim@example.com" not in row.reason


def test_the_command_records_and_shows(journal: Journal, tmp_path: Path) -> None:
    journal.ended("succeeded")
    output = StringIO()
    call_command("deployments", "record", str(tmp_path), stdout=output)
    call_command("deployments", stdout=output)
    assert "1 deployments recorded." in output.getvalue()
    assert f"release  {COMMIT[:12]}  succeeded" in output.getvalue()
    with pytest.raises(CommandError, match="Say where the log is"):
        call_command("deployments", "record")


def test_the_operations_page_tells_what_was_deployed_and_why_it_failed(journal: Journal, tmp_path: Path) -> None:
    assert "Nothing has been deployed" in str(sections.show(["deployments"])[0].html)
    journal.ended("failed", "predeploy refuses the release:\n  disk: <b>full</b>")
    record_deployments(actor=None, folder=tmp_path)
    html = str(sections.show(["deployments"])[0].html)
    assert "predeploy refuses the release:" in html
    assert COMMIT[:12] in html
    assert deployments_section.SECTION.order == 70


def test_staff_read_a_deployment_and_change_nothing(
    journal: Journal, tmp_path: Path, admin_client: Client, settings: Any
) -> None:
    settings.ADMIN_REQUIRE_MFA = False
    journal.ended("succeeded")
    record_deployments(actor=None, folder=tmp_path)
    listed = admin_client.get(reverse("admin:core_deployment_changelist")).content.decode()
    assert COMMIT[:12] in listed
    shown = admin_client.get(reverse("admin:core_deployment_change", args=[journal.identifier]))
    assert "code: 1.2 s" in shown.content.decode()
    assert admin_client.get(reverse("admin:core_deployment_add")).status_code == 403
    assert admin_client.post(reverse("admin:core_deployment_delete", args=[journal.identifier])).status_code == 403
    assert Deployment.objects.count() == 1
