"""One set made, proved by restoring, and put in the place of the live database."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from apps.core.backups import beside, configuration, guard, locking, making, restoring, servers, sets
from apps.core.backups.errors import BackupRefused, Busy
from apps.core.models import BackupRecord, Job, OutgoingHold
from tests.core.backup_case import places, run

__all__ = ["places"]

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_set_is_made_proved_and_restored(places: Path) -> None:
    Group.objects.create(name="before")
    name = default_storage.save("teams/logo.txt", ContentFile(b"a logo"))
    waiting = Job.objects.create(name="tests.leave_mark", args={"mark": "x"}, dispatched_at="2026-01-01T00:00Z")

    made = run("backup")
    assert (made["uploads"], made["sealed"], made["missing_uploads"]) == (1, True, [])
    assert run("backup", "list")["sets"][0]["verified_at"] is None
    proved = run("backup", "verify", "latest")
    assert (proved["id"], bool(proved["verified_at"])) == (made["id"], True)
    told = list(BackupRecord.objects.order_by("pk").values_list("kind", "state", "set_id"))
    assert told == [("all", "succeeded", made["id"]), ("verify", "succeeded", made["id"])]

    Group.objects.filter(name="before").delete()
    Group.objects.create(name="after")
    default_storage.delete(name)
    (places / "media" / "teams").rmdir()
    (places / "media").chmod(0o755)
    cache.set("seen", "the time after the backup")

    done = run("restore", made["id"], "--yes")
    assert set(Group.objects.values_list("name", flat=True)) == {"before"}
    assert default_storage.open(name).read() == b"a logo"
    assert (places / "media" / "teams").stat().st_mode & 0o777 == 0o755  # nginx may read it
    assert (done["resent_jobs"], done["uploads"]) == (1, {"written": 1, "replaced": 0})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.dispatched_at) == ("queued", None)
    assert cache.get("seen") is None
    assert OutgoingHold.objects.get().reason == f"The database was restored from {made['id']}."
    assert BackupRecord.objects.filter(kind="restore", state="succeeded").count() == 1
    assert not (places / "maintenance").exists()

    site = servers.live()
    assert beside.old_ones(site) == [done["old"]]
    with site.server.connect(done["old"]) as old:
        assert old.execute("SELECT name FROM auth_group").fetchall() == [("after",)]
    with pytest.raises(CommandError, match="is not a database that a restore kept"):
        call_command("restore", "--drop-old", site.name)
    run("restore", "--drop-old", done["old"])
    assert beside.old_ones(site) == []


class Killed(BaseException):
    """Ends a run as kill -9 does."""


# ``python -m drills.backup`` kills real processes at every step.
@pytest.mark.parametrize("step", ["loading.compare", "beside.swap", "after"])
def test_a_restore_that_is_killed_leaves_a_site_that_serves_and_can_be_run_again(
    places: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    Group.objects.create(name="before")
    made = run("backup", "database")
    Group.objects.create(name="after")

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    def swap_and_die(*args: Any) -> None:
        real(*args)
        raise Killed

    real = beside.swap
    target = "beside.swap" if step == "after" else step
    monkeypatch.setattr(f"apps.core.backups.{target}", swap_and_die if step == "after" else die)
    monkeypatch.setattr(beside, "drop", lambda *args: None)  # nothing tidies up behind a killed process
    with pytest.raises(Killed):
        restoring.restore(actor=None, name=made["id"])
    monkeypatch.undo()
    for name in ("BACKUP_DIR", "MEDIA_ROOT"):
        assert places in Path(getattr(configuration.settings, name)).parents
    names = {"before"} if step == "after" else {"before", "after"}
    assert set(Group.objects.values_list("name", flat=True)) == names
    assert not (places / "maintenance").exists()

    done = restoring.restore(actor=None, name=made["id"])
    assert done.continued is (step == "after")
    assert set(Group.objects.values_list("name", flat=True)) == {"before"}
    assert not servers.exists(servers.live().server, servers.live().name + beside.ENDING)


def test_the_site_opens_again_when_the_process_that_closed_it_is_killed(places: Path, settings: Any) -> None:
    script = (
        "import os, signal, django; from django.conf import settings\n"
        f"settings.configure(MAINTENANCE_FILE={str(settings.MAINTENANCE_FILE)!r})\n"
        "from apps.core.backups import guard\n"
        "with guard.closed('drill'):\n"
        "    assert os.path.exists(settings.MAINTENANCE_FILE)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert killed.returncode == -9, killed.stderr
    with guard.closed("the next one"):  # waits for nobody: it finds the flag gone, or on its way
        pass
    flag = Path(settings.MAINTENANCE_FILE)
    for _ in range(100):
        if not flag.exists():
            break
        subprocess.run(["sleep", "0.1"], check=True)
    assert not flag.exists()


def test_a_site_that_was_closed_by_hand_stays_closed(places: Path, settings: Any) -> None:
    flag = Path(settings.MAINTENANCE_FILE)
    flag.write_text("by hand")
    with guard.closed("restore"):
        assert flag.read_text() == "by hand"
    assert flag.read_text() == "by hand"


def test_a_site_that_a_power_cut_left_closed_is_opened_by_the_next_try(places: Path, settings: Any) -> None:
    made = run("backup", "database")
    flag = Path(settings.MAINTENANCE_FILE)
    flag.write_text(f"restore of {made['id']}\n")
    run("restore", made["id"], "--yes")
    assert not flag.exists()
    flag.write_text("a person's reason")
    guard.open_after_power_cut()
    assert flag.read_text() == "a person's reason"


def test_two_at_once_are_refused_by_name(places: Path) -> None:
    with (
        locking.alone(configuration.current(), what="a restore"),
        pytest.raises(Busy, match=r"a restore .* is running"),
    ):
        making.make(actor=None)
    assert sets.ids(configuration.current()) == []
    assert not BackupRecord.objects.exists()


def test_a_failed_dump_leaves_no_set_and_says_so(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.backups.programs.Programs.compression", lambda found: "nonsense")
    with pytest.raises(BackupRefused, match="pg_dump ended with status 1"):
        making.make(actor=None)
    told = configuration.current()
    assert list(told.work.iterdir()) == []
    record = BackupRecord.objects.get()
    assert (record.state, "pg_dump ended" in record.message) == ("failed", True)
    with locking.alone(told, what="the next one"):
        assert list(told.sets.iterdir()) == []


def test_people_see_nothing_of_a_set_without_the_key(places: Path, settings: Any) -> None:
    Group.objects.create(name="canary-of-the-database")
    default_storage.save("note.txt", ContentFile(b"canary-of-the-uploads"))
    settings.BACKUP_SECRETS = lambda: "SECRET_KEY=canary-of-the-variables\n"
    making.make(actor=None)
    for path in (places / "backups").rglob("*"):
        if path.is_file():
            assert b"canary-of" not in path.read_bytes(), path
            assert path.stat().st_mode & 0o077 == 0, path


def test_the_secrets_come_back_with_nothing_but_the_key_file(places: Path, settings: Any) -> None:
    site = places / "nginx.conf"
    site.write_text("server {}")
    settings.BACKUP_FILES = [str(site)]
    settings.BACKUP_SECRETS = lambda: "SECRET_KEY=the old one\n"
    made = making.make(actor=None, kind="media")
    settings.SECRET_KEY = "another one, on another machine: 0123456789 0123456789 0123456789"
    written = run("backup", "secrets", made.id, "--into", str(places / "found"))["files"]
    assert (places / "found" / "variables.env").read_text() == "SECRET_KEY=the old one\n"
    assert Path(written[1]).read_text() == "server {}"
    assert sorted(path.name for path in (places / "found").iterdir()) == ["files", "variables.env"]


def test_served_environments_make_none_in_the_clear(places: Path, settings: Any) -> None:
    settings.BACKUP_RECIPIENTS = []
    settings.SERVED = True
    with pytest.raises(BackupRefused, match="BACKUP_RECIPIENTS is empty"):
        making.make(actor=None)
    settings.SERVED = False
    assert making.make(actor=None, kind="media").manifest.sealed is False


def test_a_key_is_never_overwritten(places: Path) -> None:
    before = (places / "backup.key").read_text()
    with pytest.raises(CommandError, match="is never overwritten"):
        call_command("backup", "key", "--into", str(places / "backup.key"))
    assert (places / "backup.key").read_text() == before
