"""What the passing of time deletes, and what it never does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from apps.core.backups import configuration, making, manifest, media, retention, sets
from apps.core.backups.manifest import Manifest
from apps.core.models import BackupRecord
from tests.core.backup_case import places, run

__all__ = ["places"]

NOW = datetime(2026, 11, 29, 2, tzinfo=UTC)


def a_set(age: float, *, kind: str = "all", verified: bool = False) -> sets.Set:
    made = NOW - timedelta(days=age)
    page = Manifest(
        id=f"{made:%Y%m%dT%H%M%SZ}-0000",
        kind=kind,
        made_at=made.isoformat(),
        release="",
        environment="testing",
        sealed=False,
        parts={},
    )
    return sets.Set(Path("/nowhere") / page.id, page, NOW if verified else None)


def kept(all_of: list[sets.Set]) -> list[int]:
    gone = {one.id for one in retention.expired(all_of, NOW)}
    return [(NOW - one.made_at).days for one in all_of if one.id not in gone]


def test_a_year_of_days_becomes_days_weeks_and_months() -> None:
    left = kept([a_set(age, verified=True) for age in range(400)])
    assert left[:31] == list(range(31))
    weeks = [age for age in left if 30 < age <= 91]
    # Mondays, firsts of a month, and the day on which the thirteen weeks begin.
    days = [NOW - timedelta(days=age) for age in weeks]
    assert [age for age, day in zip(weeks, days, strict=True) if day.weekday() and day.day != 1] == [91]
    months = [age for age in left if age > 91]
    assert [(NOW - timedelta(days=age)).day for age in months[:-1]] == [1] * (len(months) - 1)
    assert len(left) == 31 + len(weeks) + len(months)
    assert (len(weeks), len(months)) == (12, 10)


def test_the_last_verified_sets_stay_whatever_their_age() -> None:
    old = [a_set(500, verified=True), a_set(600, verified=True), a_set(700, verified=True)]
    young = [a_set(age) for age in range(1, 8)]
    assert kept([*young, *old]) == [1, 2, 3, 4, 5, 6, 7, 500, 600]


def test_the_newest_sets_of_each_kind_stay_whatever_a_clock_says() -> None:
    databases = [a_set(800 + age, kind="database") for age in range(9)]
    assert kept([a_set(1, kind="media"), *databases]) == [1, 800, 801, 802, 803, 804, 805, 806]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_clock_that_jumps_ahead_deletes_nothing_until_somebody_says_so(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = configuration.current()
    for _ in range(3):
        sets.note_verified(making.make(actor=None, kind="media"))
    monkeypatch.setattr(retention, "MANY", 1)
    monkeypatch.setattr(retention, "expired", lambda good, now: list(good)[1:])
    assert run("backup", "prune")["because"].startswith("2 of 3 sets would go at once. Is the clock right?")
    assert len(sets.ids(told)) == 3
    assert len(run("backup", "prune", "--many")["deleted"]) == 2
    assert len(sets.ids(told)) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_set_of_a_clock_that_was_ahead_is_not_the_latest(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = configuration.current()
    with monkeypatch.context() as wrong:
        wrong.setattr(making.timezone, "now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
        tomorrow = making.make(actor=None, kind="media")
    assert sets.find(told, sets.LATEST).id == tomorrow.id, "better than none"
    today = making.make(actor=None, kind="media")
    assert sets.find(told, sets.LATEST).id == today.id
    assert sets.ids(told) == [tomorrow.id, today.id]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_is_deleted_while_backups_fail_or_none_was_verified(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default_storage.save("old.txt", ContentFile(b"old"))
    old = making.make(actor=None, kind="media")
    default_storage.delete("old.txt")
    default_storage.save("new.txt", ContentFile(b"new"))
    new = making.make(actor=None, kind="media")
    told = configuration.current()
    monkeypatch.setattr(retention, "expired", lambda good, now: [one for one in good if one.id == old.id])

    assert "No set was ever verified" in run("backup", "prune")["because"]
    sets.note_verified(new)
    failed = BackupRecord.objects.create(kind="all", state="failed", finished_at=Now())
    assert "The last backup failed" in run("backup", "prune")["because"]
    failed.delete()
    assert len(sets.ids(told)) == 2

    assert run("backup", "prune", "--dry-run")["deleted"] == [old.id]
    assert len(sets.ids(told)) == 2
    pruned = run("backup", "prune")
    assert (pruned["deleted"], pruned["uploads"]) == ([old.id], 1)
    assert sets.ids(told) == [new.id]
    assert len(list(told.objects.glob("*/*"))) == 1
    run("backup", "verify", new.id)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_upload_is_read_and_kept_once(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.txt"):
        default_storage.save(name, ContentFile(b"the same"))
    first = making.make(actor=None, kind="media")
    told = configuration.current()
    assert (first.manifest.media["files"], len(list(told.objects.glob("*/*")))) == (2, 1)
    read: list[str] = []
    real = media._keep_one

    def noted(configured: Any, name: str, *rest: Any) -> media.Kept:
        read.append(name)
        return real(configured, name, *rest)

    monkeypatch.setattr(media, "_keep_one", noted)
    default_storage.save("c.txt", ContentFile(b"another"))
    second = making.make(actor=None, kind="media")
    assert (read, second.manifest.media["files"]) == (["c.txt"], 3)
    assert manifest.read(first.folder).media["files"] == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_changed_upload_is_put_back_and_the_other_is_kept_aside(places: Path) -> None:
    default_storage.save("teams/logo.txt", ContentFile(b"right"))
    made = run("backup")
    (places / "media").chmod(0o755)
    (places / "media" / "teams" / "logo.txt").write_bytes(b"wrong")
    done = run("restore", made["id"], "--yes")
    assert done["uploads"] == {"written": 1, "replaced": 1}
    assert default_storage.open("teams/logo.txt").read() == b"right"
    assert (places / "media" / "teams" / "logo.txt").stat().st_mode & 0o777 == 0o644
    assert (places / "backups" / "replaced" / made["id"] / "teams" / "logo.txt").read_bytes() == b"wrong"
