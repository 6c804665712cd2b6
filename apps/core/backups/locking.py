"""One backup or restore at a time: on this machine by a locked file, on others by a lock of the database server."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from apps.core.backups import files, servers
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Busy

ADVISORY = 0x64656C7461  # "delta"; of the maintenance database, because a restore renames the site's own


@contextmanager
def alone(configuration: Configuration, *, what: str) -> Iterator[None]:
    """Hold both locks, with an empty work folder. The system frees them when this process dies.

    Raises:
        Busy: Somebody else holds one. The message says who.
    """
    with files.private():
        for folder in (configuration.folder, configuration.sets, configuration.objects):
            _make(folder)
    path = configuration.folder / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.pread(descriptor, 200, 0).decode(errors="replace") or "another process"
            raise Busy(f"Not now: {told} is running here.") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{what} (process {os.getpid()})".encode(), 0)
        site = servers.live()
        with site.server.connect(servers.MAINTENANCE) as connection:
            got = connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [ADVISORY % 2**31, site.name])
            if got.fetchone() != (True,):
                raise Busy("Not now: a backup or restore of this database runs on another machine.")
            with files.private():
                files.empty(configuration.work)
                _forget_halves(configuration)
            try:
                yield
            finally:
                with suppress(OSError):
                    files.empty(configuration.work)
    finally:
        os.close(descriptor)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BackupRefused(f"The folder {folder} cannot be made ({error.strerror}). BACKUP_DIR names it.") from error


def _forget_halves(configuration: Configuration) -> None:
    """Remove what a killed run left half-written: nobody writes it now, because we hold the lock."""
    for half in configuration.sets.glob("*.part"):
        files.empty(half)
        half.rmdir()
    for half in configuration.objects.glob("*/*.part*"):
        half.unlink()
