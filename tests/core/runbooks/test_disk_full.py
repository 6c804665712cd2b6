"""What may go when a disk is full, and above all what may not."""

import os
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apps.core.runbooks import Look, reclaiming, registry, running
from apps.core.runbooks.running import HEALTHY, WRONG

DAY = 86_400


class Usage(NamedTuple):
    total: int
    used: int
    free: int


class Disk:
    """A disk that is full until something large is deleted."""

    def __init__(self, watched: list[Path]) -> None:
        self.watched = watched

    def usage(self, folder: Any) -> Usage:
        free = 100 * 1024**2 if any(path.exists() for path in self.watched) else 900 * 1024**2
        return Usage(2 * 1024**3, 0, free)


def old(path: Path, days: float, size: int = 4096) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    then = time.time() - days * DAY
    os.utime(path, (then, then))
    return path


@pytest.fixture
def site(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site as a deployment lays it out, with a folder of releases, logs, backups, uploads and PostgreSQL's files."""
    for number in range(6):
        release = tmp_path / "releases" / f"r{number}"
        old(release / "manage.py", days=6 - number)
        os.utime(release, (time.time() - (6 - number) * DAY,) * 2)
    (tmp_path / "current").symlink_to(tmp_path / "releases" / "r5")
    (tmp_path / "previous").symlink_to(tmp_path / "releases" / "r0")
    settings.BASE_DIR = tmp_path / "releases" / "r5"
    settings.LOG_DIR = str(tmp_path / "log")
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "tmp")
    monkeypatch.setattr(reclaiming.tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    return tmp_path


def looked(site: Path, monkeypatch: pytest.MonkeyPatch, watched: list[Path]) -> running.Outcome:
    monkeypatch.setattr(shutil, "disk_usage", Disk(watched).usage)
    return running.run(registry.named("disk-full"), Look(deep=False), fix=True)


@pytest.mark.django_db
def test_old_logs_left_overs_and_old_releases_go_and_the_disk_is_well_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [
        old(site / "log" / "django.log.1", days=3),
        old(site / "log" / "celery.log.2.gz", days=9),
        old(site / "tmp" / "deltacrown-import-1" / "rows.csv", days=2).parent,
        old(site / "tmp" / "tmp9x.upload", days=2),
        site / "releases" / "r1",
    ]
    os.utime(gone[2], (time.time() - 2 * DAY,) * 2)
    kept = [
        old(site / "log" / "django.log", days=40),
        old(site / "backups" / "2026-11-01" / "base.dump", days=40),
        old(site / "media" / "logo.webp", days=400),
        old(site / "postgresql" / "pg_wal" / "00000001", days=40),
        old(site / "tmp" / "somebody-elses.file", days=40),
        old(site / "tmp" / "deltacrown-now" / "rows.csv", days=0).parent,
        site / "releases" / "r0",  # the release to roll back to
        site / "releases" / "r3",  # among the three newest
        site / "releases" / "r5",
    ]
    outcome = looked(site, monkeypatch, gone)
    assert [path for path in gone if path.exists()] == []
    assert [path for path in kept if not path.exists()] == []
    assert outcome.status == HEALTHY
    assert "below 10 % is too little" in outcome.before.cause
    assert any("Deleted 2 × rotated log" in line for line in outcome.done)
    evidence = outcome.kept.read_text() if outcome.kept else ""
    assert "django.log.1" in evidence  # what went is on record


@pytest.mark.django_db
def test_a_file_that_is_open_is_left(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used = old(site / "tmp" / "running.upload", days=2)
    with used.open("rb"):
        looked(site, monkeypatch, [used])
        assert used.exists()


@pytest.mark.django_db
def test_a_release_that_a_process_works_in_is_left(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reclaiming, "_working_folders", lambda: {site / "releases" / "r1" / "apps"})
    looked(site, monkeypatch, [])
    monkeypatch.setattr(shutil, "disk_usage", Disk([site]).usage)
    running.run(registry.named("disk-full"), Look(deep=False), fix=True)
    assert (site / "releases" / "r1").exists()
    assert not (site / "releases" / "r2").exists()


@pytest.mark.django_db
def test_with_nothing_to_delete_it_says_where_to_look_and_never_at_backups(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(site / "releases" / "r1")
    shutil.rmtree(site / "releases" / "r2")
    outcome = looked(site, monkeypatch, [site])
    assert (outcome.status, outcome.done) == (WRONG, [])
    assert any("Nothing of the site's own may go" in line for line in outcome.last.advice)
    assert any("keeps the last verified one" in line for line in outcome.last.advice)


def test_a_deleted_file_that_is_held_is_found_with_its_holder(tmp_path: Path) -> None:
    held = old(tmp_path / "held.log", days=0, size=200_000)
    device = held.stat().st_dev
    with held.open("rb"):
        held.unlink()
        found = [row for row in reclaiming.deleted_but_open(device) if row[1] == str(held)]
    assert [(pid, size >= 200_000) for pid, _, size in found] == [(os.getpid(), True)]
