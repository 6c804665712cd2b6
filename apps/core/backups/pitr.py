"""Back to a second: pgBackRest keeps the log of the database, and a set is made of any moment in it.

pgBackRest archives and restores; what comes out is an ordinary set, so that it is checked, swapped in or copied from by
the same commands as any other. The cluster of that moment runs on a socket of ours for as long as its set is made.
"""

import os
import secrets
import subprocess
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone

from apps.core.backups import configuration as configurations
from apps.core.backups import making, programs, scratch, servers, sets
from apps.core.backups.errors import BackupRefused, ProgramFailed
from apps.core.backups.servers import Live

STANZA = "deltacrown"
CONFIG = Path("/etc/pgbackrest/deltacrown.conf")  # Debian's package brings a pgbackrest.conf of its own
ARCHIVE_TIMEOUT = 60  # seconds: the most that is lost with the machine
LATE = 5 * ARCHIVE_TIMEOUT
LOG_PATIENCE = 2.5 * ARCHIVE_TIMEOUT
RECOVERY_PATIENCE = 4 * 3600.0  # seconds
# No visitor, no archive: this cluster must not write into the log that it came from.
OPTIONS = scratch.OPTIONS | {"archive_mode": "off", "hot_standby": "off", "shared_preload_libraries": ""}


@dataclass(frozen=True)
class Archiver:
    """What the server says of its archiving. ``problem`` is empty when all is well."""

    problem: str
    last_archived_at: datetime | None
    failed: int


def config(*, pg_path: Path, repository: Path, port: int = 5432, socket: str = "/var/run/postgresql") -> str:
    """Return a configuration of pgBackRest with a new passphrase: encrypted, compressed, two full backups kept."""
    return f"""[global]
repo1-path={repository}
repo1-cipher-type=aes-256-cbc
repo1-cipher-pass={secrets.token_urlsafe(48)}
repo1-retention-full=2
compress-type=lz4
process-max=2
start-fast=y
archive-async=n

[{STANZA}]
pg1-path={pg_path}
pg1-port={port}
pg1-socket-path={socket}
"""


def server_settings(path: Path = CONFIG) -> dict[str, str]:
    """Return what postgresql.conf needs."""
    return {
        "archive_mode": "on",
        "archive_command": f"pgbackrest --config={path} --stanza={STANZA} archive-push %p",
        "archive_timeout": f"{ARCHIVE_TIMEOUT}s",
        "wal_level": "replica",
        "max_wal_senders": "3",
    }


def archiver() -> Archiver:
    """Ask the live server whether its log arrives."""
    site = servers.live()
    with site.server.connect(site.name) as connection:
        mode = (connection.execute("SELECT current_setting('archive_mode')").fetchone() or ("off",))[0]
        row = connection.execute(
            "SELECT last_archived_time, failed_count, last_failed_time, last_failed_wal FROM pg_stat_archiver"
        ).fetchone()
    last, failed, failed_at, wal = row or (None, 0, None, "")
    problem = ""
    if mode == "off":
        problem = "archive_mode is off: there is no way back to a time between two backups."
    elif failed_at and (last is None or failed_at > last):
        problem = f"{wal} could not be archived at {failed_at:%F %R}: read the server's log. pg_wal grows meanwhile."
    elif last is None:
        problem = "Nothing was archived yet."
    elif (timezone.now() - last).total_seconds() > LATE:
        problem = (
            f"The last piece of the log was archived at {last:%F %R}: too long ago on a server that is written to."
        )
    return Archiver(problem, last, failed)


def make_set(*, actor: Any, to: datetime, config_file: Path = CONFIG, stanza: str = STANZA) -> sets.Set:
    """Make a set of the database as it was at ``to``. The live server is only read.

    Args:
        actor: Who asked.
        to: The last moment that is in it. Something must have been written after it. Its log is waited for.
        config_file: pgBackRest's.
        stanza: The name there.

    Raises:
        BackupRefused: The moment is in the future, or pgBackRest or PostgreSQL could not get there.
    """
    if to > timezone.now():
        raise BackupRefused(f"{to:%F %T%z} has not come yet.")
    site = servers.live()
    configuration = configurations.current()
    found = programs.matching(servers.major(site.server, site.name), to_serve=True)
    _wait_for_log(to)
    with scratch.folder(configuration) as folder:
        data = folder / "data"
        _restore(folder, data, to, config_file, stanza)
        _open_to_us(data)
        options = OPTIONS | {"hba_file": str(data / "ours_hba.conf"), "config_file": str(data / "ours.conf")}
        try:
            with scratch.serving(
                found, data, folder, options, user=site.server.user, patience=RECOVERY_PATIENCE
            ) as server:
                as_of = to.astimezone(UTC).isoformat()
                return making.make(actor=actor, kind="database", source=Live(server, site.name), as_of=as_of)
        except ProgramFailed as error:
            if "recovery ended before configured recovery target" not in error.message:
                raise
            raise BackupRefused(
                f"The archived log ends before {to:%F %T%z}: nothing was written after that moment, or it has not "
                "arrived (`manage.py pitr check`). Take an earlier moment, or as a superuser of the live server: "
                "SELECT pg_switch_wal();"
            ) from error


def _wait_for_log(to: datetime) -> None:
    """Wait until the log of this moment has arrived: that of the last minute has not. A dead server can't tell."""
    waited, until = threading.Event(), time.monotonic() + LOG_PATIENCE
    while time.monotonic() < until:
        try:
            last = archiver().last_archived_at
        except psycopg.Error:
            return
        if last is None or last > to:
            return
        waited.wait(1)


def _restore(folder: Path, data: Path, to: datetime, config_file: Path, stanza: str) -> None:
    command = [
        "pgbackrest",
        *(f"--config={config_file}", f"--stanza={stanza}", f"--pg1-path={data}"),
        *("--type=time", f"--target={to.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}+00", "--target-action=promote"),
        *(f"--lock-path={folder}", "--log-level-file=off", "--log-level-console=warn", "restore"),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            programs.mortal(command),
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # with a wrong passphrase it quotes what it can't read
            check=False,
            cwd=folder,
            **scratch.as_owner(),
        )
    except FileNotFoundError as error:
        raise BackupRefused("pgbackrest is not installed here: apt-get install pgbackrest.") from error
    if done.returncode:
        told = "\n".join((done.stdout + done.stderr).strip().splitlines()[-programs.SHOWN_LINES :])
        raise ProgramFailed(f"pgbackrest restore ended with status {done.returncode}:\n{told}")


def _open_to_us(data: Path) -> None:
    """Let the socket's folder decide who may come in. Debian keeps the server's own files elsewhere."""
    for name, content in (("ours_hba.conf", "local all all trust\n"), ("ours.conf", "")):
        path = data / name
        path.write_text(content)
        if owner := scratch.owner():
            os.chown(path, *owner)
