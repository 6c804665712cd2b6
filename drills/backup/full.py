"""Full disks, each a small file system of its own: told in a sentence, nothing half-made, the next try works."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from apps.core.backups import beside, configuration, making, restoring, servers, verifying
from apps.core.backups.errors import BackupRefused

MEGABYTE = 1024 * 1024
UPLOADS = 12 * MEGABYTE


class NotHeldError(Exception):
    """What this drill is about."""


def run(folder: Path, say: Callable[[str], None]) -> dict[str, Any]:
    if os.geteuid() != 0 or not shutil.which("mount"):
        say("full: not run: small file systems need root")
        return {"ok": True, "ran": False}
    default_storage.save("drill/film.bin", ContentFile(os.urandom(UPLOADS)))
    good = 0
    cases: dict[str, Callable[[Path], None]] = {
        "no room for the database": lambda place: _backup(place, 2),
        "no room for the uploads": lambda place: _backup(place, 9, kind="media"),
        "no room to open a set": lambda place: _restore(place, open_at=4),
        "no room for the proof": _prove,
    }
    for name, case in cases.items():
        place = folder / "small"
        place.mkdir()
        before = (settings.BACKUP_DIR, settings.BACKUP_SCRATCH_DIR)
        try:
            case(place)
        except NotHeldError as error:
            say(f"FAIL {name}: {error}")
        else:
            good += 1
            say(f"ok   {name}")
        finally:
            settings.BACKUP_DIR, settings.BACKUP_SCRATCH_DIR = before
            place.rmdir()
    return {"ok": good == len(cases), "good": good, "cases": len(cases)}


@contextmanager
def small(place: Path, megabytes: int) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(place)], check=True)  # noqa: S603, S607 - our own words, root's PATH
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)  # noqa: S603, S607 - our own words, root's PATH


def _is_refused(act: Callable[[], object]) -> str:
    try:
        act()
    except BackupRefused as error:
        return error.message
    raise NotHeldError("it was not refused")


def _hold(what: object, otherwise: str) -> None:
    if not what:
        raise NotHeldError(otherwise)


def _left(place: Path) -> list[str]:
    told = configuration.current()
    return [path.name for folder in (told.sets, told.work) for path in folder.iterdir()]


def _backup(place: Path, megabytes: int, kind: str = "all") -> None:
    settings.BACKUP_DIR = place
    with small(place, megabytes):
        message = _is_refused(lambda: making.make(actor=None, kind=kind))
        _hold(any(word in message for word in ("MB free", "No space left", "pg_dump ended")), message)
        _hold(not _left(place), f"left behind: {_left(place)}")
        subprocess.run(["mount", "-o", "remount,size=400m", str(place)], check=True)  # noqa: S603, S607 - as above
        _hold(making.make(actor=None, kind=kind).id, "no set was made")


def _restore(place: Path, *, open_at: int) -> None:
    """Fill the file system up to ``open_at`` megabytes when a set lies there."""
    settings.BACKUP_DIR = place
    with small(place, 400):
        made = making.make(actor=None)
        names = beside.old_ones(servers.live())
        filler = place / "filler"
        free = shutil.disk_usage(place).free
        filler.write_bytes(bytes(free - open_at * MEGABYTE))
        message = _is_refused(lambda: restoring.restore(actor=None, name=made.id))
        _hold("No space left" in message or "ended with status" in message, message)
        _hold(beside.old_ones(servers.live()) == names, "the live database was swapped")
        _hold(not Path(settings.MAINTENANCE_FILE).exists(), "the site is closed")
        filler.unlink()
        restoring.restore(actor=None, name=made.id)
        for name in beside.old_ones(servers.live()):
            beside.drop(servers.live(), name)


def _prove(place: Path) -> None:
    made = making.make(actor=None, kind="database")
    settings.BACKUP_SCRATCH_DIR = str(place)
    with small(place, 20):
        message = _is_refused(lambda: verifying.verify(actor=None, name=made.id))
        _hold("ended with status" in message or "did not" in message, message)
        _hold(list(place.iterdir()) == [], "the cluster was left behind")
    settings.BACKUP_SCRATCH_DIR = ""
    verifying.verify(actor=None, name=made.id)
