"""One backup or restore at a time: on this machine by a locked file, on others by a lock of the database server."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from apps.core.backups import files, scratch, servers
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Busy

ADVISORY = 0x64656C7461  # "delta"; of the maintenance database, because a restore renames the site's own
TRIES = 20  # a tenth of a second each


@contextmanager
def alone(configuration: Configuration, *, what: str) -> Iterator[None]:
    """Hold both locks, with an empty work folder. The system frees them when this process dies.

    Raises:
        Busy: Somebody else holds one. The message says who.
    """
    with files.private():
        for folder in (configuration.folder, configuration.sets, configuration.objects):
            _make(folder)
    descriptor = _open_lock(configuration.folder)
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
            key: list[int | str] = [ADVISORY % 2**31, site.name]
            if not _is_got(connection, key):
                raise Busy("Not now: a backup or restore of this database runs on another machine.")
            with files.private():
                _tidy(configuration)
            try:
                yield
            finally:
                with suppress(OSError):
                    files.empty(configuration.work)
                files.give_back(configuration.folder)
                # By word: closing the connection frees it too, but only when the server comes to notice.
                with suppress(psycopg.Error):
                    connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", key)
    finally:
        os.close(descriptor)


def _is_got(connection: servers.Connection, key: list[int | str]) -> bool:
    """Take the server's lock. It is tried for a moment: a server takes its time to see that a holder was killed."""
    waited = threading.Event()
    for _ in range(TRIES):
        row = connection.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", key).fetchone()
        if row == (True,):
            return True
        waited.wait(0.1)
    return False


def _open_lock(folder: Path) -> int:
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise BackupRefused(f"{folder / 'lock'} cannot be opened: {error.strerror}. {_as_root(folder)}") from error
    if os.geteuid() == 0:  # now, because a killed run gives nothing back
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _as_root(folder: Path) -> str:
    return f"As root: chown -R --reference={folder} {folder}"


def _make(folder: Path) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o700)
            if os.geteuid() == 0:
                owner = folder.parent.stat()
                os.chown(folder, owner.st_uid, owner.st_gid)
    except OSError as error:
        raise BackupRefused(f"The folder {folder} cannot be made ({error.strerror}). BACKUP_DIR names it.") from error


def _tidy(configuration: Configuration) -> None:
    """Remove what killed runs left. Raises ``BackupRefused`` when it is somebody else's."""
    try:
        files.empty(configuration.work)
        _forget_halves(configuration)
    except OSError as error:
        raise BackupRefused(
            f"What a killed run left in {configuration.folder} cannot be removed ({error.strerror}: {error.filename}). "
            f"{_as_root(configuration.folder)}"
        ) from error
    scratch.sweep(configuration)  # it holds everything in the clear


def _forget_halves(configuration: Configuration) -> None:
    """Remove what a killed run left half-written: nobody writes it now, because we hold the lock."""
    for half in configuration.sets.glob("*.part"):
        files.empty(half)
        half.rmdir()
    for half in configuration.objects.glob("*/*.part*"):
        half.unlink()
