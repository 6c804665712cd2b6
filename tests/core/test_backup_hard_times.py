"""A full disk, killed processes, other people's connections: what a backup meets on a real machine."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from psycopg import sql

from apps.core.backups import beside, configuration, locking, making, restoring, scratch, sealing, servers
from apps.core.backups.errors import BackupRefused, Busy, Damaged
from apps.core.models import BackupRecord
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """Let the system refuse bytes as a full disk does, to us and to the programs we start."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def left_behind() -> list[str]:
    told = configuration.current()
    return sorted(path.name for folder in (told.sets, told.work) for path in folder.iterdir())


def test_a_full_disk_is_told_in_a_sentence_and_what_was_half_made_is_gone(places: Path) -> None:
    default_storage.save("film.bin", ContentFile(os.urandom(600_000)))
    with no_file_above(300_000), pytest.raises(CommandError, match="The disk did not take it: File too large"):
        call_command("backup", "media")
    with no_file_above(20_000), pytest.raises(CommandError, match="pg_dump ended with status"):
        call_command("backup", "database")
    assert left_behind() == []
    assert list(BackupRecord.objects.values_list("state", flat=True)) == ["failed", "failed"]
    assert run("backup")["uploads"] == 1


def test_a_full_disk_says_nothing_against_the_set(places: Path) -> None:
    default_storage.save("film.bin", ContentFile(os.urandom(600_000)))
    made = run("backup", "media")["id"]
    with no_file_above(300_000), pytest.raises(CommandError, match=r"could not be opened into .*File too large"):
        call_command("backup", "verify", made)
    assert run("backup", "verify", made)["id"] == made


def test_a_broken_cipher_is_no_full_disk(places: Path) -> None:
    plain = places / "plain"
    plain.write_bytes(b"x" * 300_000)
    told = configuration.current()
    keys = sealing.identities(told)
    sealed = sealing.seal(plain, places / "sealed", sealing.recipients(told))
    content = bytearray(sealed.read_bytes())
    content[200_000] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(Damaged, match="another key made it, or it was changed"):
        sealing.open_(sealed, places / "opened", keys)
    assert not (places / "opened").exists()


def test_programs_end_with_the_process_that_started_them(places: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from apps.core.backups import programs\n"
        "started = programs.start(['sleep', '300'], environment={'PATH': os.environ['PATH']}, log=Path(sys.argv[1]))\n"
        "while Path(f'/proc/{started.pid}/comm').read_text() != 'sleep\\n': pass\n"
        "print(started.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(places / "log")], capture_output=True, text=True, check=False
    )
    assert told.returncode == -9, told.stderr
    until = time.monotonic() + 20
    while _lives(int(told.stdout)) and time.monotonic() < until:
        subprocess.run(["sleep", "0.05"], check=True)
    assert not _lives(int(told.stdout))


def _lives(pid: int) -> bool:
    """Whether it runs: one that nobody waited for is dead, though its number is still taken."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_what_a_killed_run_left_in_the_clear_goes_with_the_next_act_of_any_kind(places: Path, settings: Any) -> None:
    settings.BACKUP_SCRATCH_DIR = str(places)
    told = configuration.current()
    nobody = subprocess.Popen(["true"])
    nobody.wait()
    dead = places / f"{scratch.PREFIX}{nobody.pid}-x"
    ours = places / f"{scratch.PREFIX}{os.getpid()}-x"
    for folder in (dead, ours, told.work, told.sets / "20261129T010000Z-3f2a.part"):
        folder.mkdir(parents=True)
        (folder / "plain").write_text("everybody's mail")
    with locking.alone(told, what="a look"):
        assert (dead.exists(), ours.exists()) == (False, True)
        assert left_behind() == []


def test_the_lock_of_the_server_is_free_the_moment_the_act_ends(places: Path) -> None:
    told, site = configuration.current(), servers.live()
    with site.server.connect(servers.MAINTENANCE) as elsewhere:
        key = [locking.ADVISORY % 2**31, site.name]
        with locking.alone(told, what="one"):
            row = elsewhere.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key).fetchone()
            assert row == (False,)
        row = elsewhere.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key).fetchone()
        assert row == (True,)
        with pytest.raises(Busy, match="on another machine"), locking.alone(told, what="two"):
            pass


def test_people_who_are_connected_are_cut_off(places: Path) -> None:
    made = run("backup", "database")["id"]
    site = servers.live()
    with site.server.connect(site.name) as visitor:
        run("restore", made, "--yes")
        with pytest.raises(psycopg.OperationalError):
            visitor.execute("SELECT 1")


@pytest.fixture
def ordinary() -> Iterator[servers.Live]:
    """A site whose role is no superuser, as the installer makes it, with a database beside the live one."""
    ours = servers.live().server
    site = servers.Live(servers.Server(ours.host, ours.port, "ordinary", "ordinary"), "ordinary")
    names = ("ordinary", "ordinary_restoring", "ordinary_before_x")
    with ours.connect(servers.MAINTENANCE) as admin:
        admin.execute("CREATE ROLE ordinary LOGIN CREATEDB PASSWORD 'ordinary'")
        for name in names[:2]:
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER ordinary").format(sql.Identifier(name)))
        yield site
        for name in names:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute("DROP ROLE ordinary")


def test_who_cannot_be_cut_off_is_named_and_nothing_is_swapped(
    places: Path, ordinary: servers.Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "TRIES", 1)
    ours = servers.live().server
    with ours.connect("ordinary"):
        with pytest.raises(BackupRefused, match=rf": {ours.user} \(deltacrown-backup\)\. Let them leave"):
            beside.check_leavable(ordinary)
        with pytest.raises(BackupRefused, match=rf": {ours.user} \(deltacrown-backup\)\. Let them"):
            beside.swap(ordinary, "ordinary_restoring", "ordinary_before_x")
        assert servers.exists(ours, "ordinary_restoring")
    with ordinary.server.connect("ordinary"):  # one of its own
        beside.check_leavable(ordinary)
        beside.swap(ordinary, "ordinary_restoring", "ordinary_before_x")
    assert beside.old_ones(ordinary) == ["ordinary_before_x"]


def test_secrets_are_in_no_argument_and_in_no_traceback(places: Path, settings: Any, monkeypatch: Any) -> None:
    settings.BACKUP_S3_BUCKET, settings.BACKUP_S3_SECRET_ACCESS_KEY = "near", "canary-of-s3"
    server = servers.Server("nowhere", 5432, "site", "canary-of-the-password")
    assert "canary" not in repr(server) + repr(configuration.current())
    settings.BACKUP_S3_BUCKET = ""
    seen: list[list[str]] = []
    real = subprocess.Popen

    class Seen(real):  # type: ignore[misc,valid-type]  # a class made here
        def __init__(self, words: list[str], *args: Any, **kwargs: Any) -> None:
            seen.append([str(word) for word in words])
            super().__init__(words, *args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", Seen)
    made = making.make(actor=None, kind="database")
    restoring.restore(actor=None, name=made.id)
    secrets = [servers.live().server.password, settings.SECRET_KEY, Path(settings.BACKUP_IDENTITY_FILE).read_text()]
    assert {Path(word).name for words in seen for word in words} >= {"pg_dump", "pg_dumpall", "pg_restore"}
    assert not [word for words in seen for word in words for secret in secrets if secret and secret in word]


@pytest.mark.skipif("os.geteuid() != 0", reason="Only root leaves what others can't have.")
def test_what_root_makes_belongs_to_the_site(places: Path, settings: Any) -> None:
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    run("backup", "database")
    assert {path.stat().st_uid for path in folder.rglob("*")} == {65534}
    assert len(list(folder.rglob("*"))) > 5


@pytest.mark.skipif("os.geteuid() != 0", reason="Only root has something to give back.")
def test_a_run_of_root_that_has_to_wait_leaves_the_files_of_the_one_that_runs(places: Path, settings: Any) -> None:
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)
    with locking.alone(configuration.current(), what="the first"):
        written = folder / "work" / "half-written"
        written.write_text("…")
        with pytest.raises(Busy, match="the first"), locking.alone(configuration.current(), what="the second"):
            pass
        assert written.stat().st_uid == 0
    assert not written.exists()


def test_what_somebody_else_left_is_told_with_the_way_out(places: Path, settings: Any, monkeypatch: Any) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(folder / "left"))

    monkeypatch.setattr(locking.files, "empty", refuse)
    folder = settings.BACKUP_DIR
    with pytest.raises(BackupRefused, match=rf"work/left\). As root: chown -R --reference={folder} {folder}"):
        making.make(actor=None, kind="database")
