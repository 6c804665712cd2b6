"""What operators and alerts are told of backups, and what pgBackRest is told."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection  # noqa: F401 - named in a condition below
from django.template.loader import render_to_string
from django.utils import timezone

from apps.core.backups import pitr, selectors
from apps.core.errors import DomainError
from apps.core.models import BackupRecord, OutgoingHold
from apps.core.runbooks import Diagnosis, Look, named
from tests.core.backup_case import places

__all__ = ["places"]

pytestmark = pytest.mark.django_db


def ended(kind: str, hours: float, state: str = "succeeded", **told: Any) -> BackupRecord:
    return BackupRecord.objects.create(
        kind=kind, state=state, finished_at=timezone.now() - timedelta(hours=hours), **told
    )


def test_the_figures_are_of_the_newest_good_one_and_of_how_the_last_one_ended() -> None:
    assert selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"] == {"database": 0.0, "media": 0.0}
    good = ended("all", 5, size=700)
    ended("database", 1, "failed", message="The disk is full.")
    ended("drill", 2)
    told = selectors.metrics()
    seconds = told["deltacrown_backup_last_success_timestamp_seconds"]
    assert seconds["database"] == seconds["media"] == good.finished_at.timestamp()
    assert told["deltacrown_backup_last_run_failed"] == {"database": 1.0, "media": 0.0, "drill": 0.0}
    assert told["deltacrown_backup_size_bytes"] == {"database": 700.0, "media": 700.0, "drill": 0.0}


def test_an_act_that_a_wrong_clock_put_into_the_future_does_not_look_fresh() -> None:
    ended("all", -24 * 365)
    good = ended("all", 30)
    told = selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"]
    assert told["database"] == good.finished_at.timestamp()
    assert [line["old"] for line in selectors.section()["lines"] if line["name"] == "database"] == [True]


def test_a_drill_that_never_ran_is_late_from_the_first_backup_on() -> None:
    first = ended("all", 24 * 9)
    ended("all", 5)
    ended("drill", 1, "failed")
    told = selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"]
    assert told["drill"] == first.finished_at.timestamp()


def test_a_place_is_as_old_as_the_newest_set_that_reached_it(settings: Any) -> None:
    settings.BACKUP_S3_BUCKET, settings.BACKUP_THIRD_BUCKET = "near", "far"
    reached = ended("all", 50, places=["folder", "s3"])
    ended("all", 1, places=["folder"])
    told = selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"]
    assert (told["s3"], told["s3-third"]) == (reached.finished_at.timestamp(), 0.0)


def test_the_section_says_what_is_too_old_and_what_is_held() -> None:
    ended("all", 30)
    ended("drill", 24)
    OutgoingHold.objects.create(reason="The database was restored from X.")
    told = selectors.section()
    assert {line["name"]: line["old"] for line in told["lines"]} == {"database": True, "media": True, "drill": False}
    html = render_to_string("core/operations/backups.html", told)
    assert html.count("too old") == 2
    assert "The database was restored from X." in html
    assert "not encrypted" in html


def test_in_development_nobody_is_told_of_backups_that_nobody_asked_for(settings: Any, places: Path) -> None:
    settings.BACKUPS_EXPECTED = False
    ended("all", 300)
    assert selectors.metrics()["deltacrown_backup_last_success_timestamp_seconds"] == {}
    html = render_to_string("core/operations/backups.html", selectors.section())
    assert ("too old" in html, html.count("not asked for in development")) == (False, 3)
    diagnosis = Diagnosis()
    named("BackupOld").look(diagnosis, Look())
    assert diagnosis.cause == ""


def test_the_runbook_names_the_cause(places: Path) -> None:
    ended("all", 30)
    ended("all", 1, "failed", message="pg_dump ended with status 1")
    diagnosis = Diagnosis()
    named("BackupOld").look(diagnosis, Look())
    assert diagnosis.cause == "The last backup failed: pg_dump ended with status 1"
    assert any("ended 30 hours ago" in finding.text for finding in diagnosis.findings)
    proof = Diagnosis()
    named("backup-drill").look(proof, Look())
    assert proof.cause == "No proof by restoring ever succeeded."


def test_the_configuration_of_pgbackrest_is_written_once_with_a_passphrase_of_its_own(tmp_path: Path) -> None:
    output = io.StringIO()
    into = tmp_path / "pgbackrest" / "deltacrown.conf"
    call_command("pitr", "config", "--into", str(into), "--pg-path", "/data", stdout=output)
    text = into.read_text()
    assert "pg1-path=/data" in text
    assert "repo1-cipher-type=aes-256-cbc" in text
    assert into.stat().st_mode & 0o007 == 0
    assert f"archive_command = 'pgbackrest --config={into} --stanza=deltacrown archive-push %p'" in output.getvalue()
    with pytest.raises(CommandError, match="is not written: File exists"):
        call_command("pitr", "config", "--into", str(into))
    assert into.read_text() == text


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no log to archive")
def test_without_an_archive_the_check_says_so() -> None:
    with pytest.raises(CommandError, match="archive_mode is off"):
        call_command("pitr", "check")


def test_the_log_of_the_last_minute_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    to = timezone.now()
    arrived = [to - timedelta(seconds=30), to + timedelta(seconds=1)]
    monkeypatch.setattr(pitr, "archiver", lambda: pitr.Archiver("", arrived.pop(0), 0))
    pitr._wait_for_log(to)
    assert arrived == []


def test_a_moment_must_be_one_and_have_come() -> None:
    with pytest.raises(CommandError, match="Say which moment"):
        call_command("pitr", "set", "yesterday")
    with pytest.raises(DomainError, match="has not come yet"):
        pitr.make_set(actor=None, to=timezone.now() + timedelta(hours=1))
