"""The day's backup and the week's drill, once; and what waits after a restore until a person has looked."""

from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from apps.core.backups import scheduled
from apps.core.jobs import running
from apps.core.jobs.registry import task_named
from apps.core.models import AuditEvent, BackupRecord, Job, OutgoingHold
from tests.core.backup_case import places, run

__all__ = ["places"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_timer_and_beat_make_one_backup_a_day_and_one_drill_a_week(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(scheduled, "_ping", asked.append)
    made = run("backup", "--scheduled")
    assert made["id"]
    assert run("backup", "--scheduled")["made"] is None
    assert asked == [""]
    assert run("backup", "verify", "--drill")["id"] == made["id"]
    assert run("backup", "verify", "--drill")["verified"] is None
    told = BackupRecord.objects.order_by("pk").values_list("kind", "state")
    assert list(told) == [("all", "succeeded"), ("drill", "succeeded")]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_failed_backup_of_the_day_is_tried_again_in_its_row(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.backups.programs.Programs.compression", lambda found: "nonsense")
    with pytest.raises(CommandError):
        call_command("backup", "--scheduled")
    assert BackupRecord.objects.get().state == "failed"
    monkeypatch.undo()
    assert run("backup", "--scheduled")["id"] == BackupRecord.objects.get().set_id


def test_all_tasks_that_send_something_are_known_to_the_hold() -> None:
    for name in (
        "accounts.send_mail",
        "notifications.send_email_notification",
        "notifications.send_discord_notification",
        "notifications.send_digests",
    ):
        assert task_named(name).outgoing is True


@pytest.mark.django_db
def test_mail_waits_after_a_restore_until_it_is_released() -> None:
    OutgoingHold.objects.create(reason="The database was restored.")
    job = Job.objects.create(
        name="notifications.send_email_notification", args={"notification_id": 1}, dispatched_at="2026-01-01T00:00Z"
    )
    assert running.run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempts, job.dispatched_at, mail.outbox) == ("queued", 0, None, [])

    assert run("restore", "--release-outgoing") == {"ok": True, "waiting_jobs": 1}
    assert AuditEvent.objects.get().action == "outgoing.released"
    with pytest.raises(CommandError, match="Nothing is held"):
        call_command("restore", "--release-outgoing")
