"""A PostgreSQL cluster for an hour: made empty, on a socket that only we reach, thrown away."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from apps.core.backups import programs
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, ProgramFailed
from apps.core.backups.programs import Programs
from apps.core.backups.servers import Server

PREFIX = "dc-scratch-"
USER = "scratch"
PATIENCE = 60.0  # seconds until it takes connections
# What is lost in a crash is made again, so nothing waits for the disk.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_wal_size": "4GB",
    "maintenance_work_mem": "256MB",
    "shared_buffers": "256MB",
}


def owner() -> tuple[int, int] | None:
    """Return the user that PostgreSQL runs as when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise BackupRefused("PostgreSQL does not run as root, and this machine has no user postgres. Use another user.")


@contextmanager
def folder(configuration: Configuration) -> Iterator[Path]:
    """Give a new folder that PostgreSQL can have, and remove it with all in it."""
    place = configuration.scratch
    made = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
    if found := owner():
        os.chown(made, *found)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def cluster(configuration: Configuration, found: Programs, shape: dict[str, str | None]) -> Iterator[Server]:
    """Run an empty cluster of the given encoding and locale as long as the block lasts."""
    with folder(configuration) as made:
        data = made / "data"
        words = [found.path("initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--no-sync"]
        words += [f"--encoding={shape['encoding']}", f"--lc-collate={shape['collate']}", f"--lc-ctype={shape['ctype']}"]
        if shape["provider"] in {"b", "i"} and shape["locale"]:
            kind = {"b": "builtin", "i": "icu"}[shape["provider"] or ""]
            words += [f"--locale-provider={kind}", f"--{kind}-locale={shape['locale']}"]
        _run(programs.politely(words), made)
        with serving(found, data, made, OPTIONS) as server:
            yield server


@contextmanager
def serving(
    found: Programs, data: Path, sockets: Path, options: dict[str, str], *, user: str = USER, patience: float = PATIENCE
) -> Iterator[Server]:
    """Run ``data`` on a socket in ``sockets``, ready in ``patience`` seconds, until the block or we end."""
    log = sockets / "server.log"
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    command = [found.path("postgres"), "-D", str(data), "-k", str(sockets), *settings]
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own words
            programs.politely(programs.mortal(command, by="QUIT")),
            stdout=output,
            stderr=output,
            cwd=sockets,
            env=_plain(),
            **as_owner(),
        )
    try:
        _wait(process, data, log, patience)
        yield Server(str(sockets), 5432, user)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait()


def _wait(process: subprocess.Popen[bytes], data: Path, log: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError):
            lines = (data / "postmaster.pid").read_text().splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    end = "\n".join(log.read_text(errors="replace").strip().splitlines()[-programs.SHOWN_LINES :])
    raise ProgramFailed(f"The scratch cluster did not start:\n{end}")


def _run(command: list[str], where: Path) -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False, cwd=where, env=_plain(), **as_owner()
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-programs.SHOWN_LINES :])
        raise ProgramFailed(f"initdb ended with status {done.returncode}:\n{end}")


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}


def as_owner() -> dict[str, Any]:
    """Return what makes a program run as that user."""
    found = owner()
    return {"user": found[0], "group": found[1], "extra_groups": []} if found else {}


def sweep(configuration: Configuration) -> None:
    """Remove the clusters of runs that were killed."""
    for made in (configuration.scratch or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        pid = made.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(made, ignore_errors=True)
