"""A PostgreSQL server from the embedded programs, on 127.0.0.1 with a password."""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deltacrown.local import binaries, child, privileges

USER = "deltacrown"
# Speed is worth more than the last second of data on a developer's machine: the data is demo data.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "100",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


@dataclass
class PostgreSQL:
    """A running server and how to reach it."""

    process: subprocess.Popen[str]
    port: int
    password: str

    @property
    def variables(self) -> dict[str, str]:
        """The variables that lead Django to this server."""
        return {
            "DB_HOST": "127.0.0.1",
            "DB_PORT": str(self.port),
            "DB_USER": USER,
            "DB_PASSWORD": self.password,
        }

    def stop(self, *, keep: bool = True) -> None:
        """End the server: tidily when its data is kept, at once when it is thrown away."""
        child.stop(self.process, signal.SIGINT if keep else signal.SIGQUIT)


def start(data: Path, *, password: str, log: Path, port: int | None = None) -> PostgreSQL:
    """Start a server on the folder ``data``, which is made when it does not exist.

    A server that an ended supervisor left on the same folder is stopped first.
    """
    programs = binaries.postgresql()
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, password)
    stop_leftover(data)
    try:
        return _start(programs, data, password, log, child.free_port(port))
    except child.ServerFailedError:
        # Parts of a killed server may need a moment to end, and somebody may have taken the port meanwhile.
        time.sleep(1)
        return _start(programs, data, password, log, child.free_port())


def _start(programs: Path, data: Path, password: str, log: Path, port: int) -> PostgreSQL:
    options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
    command = [
        *privileges.prefix(needs=(programs, data), drop=True, at_death=signal.SIGINT),
        *(str(programs / "postgres"), "-D", str(data), "-p", str(port), *options),
    ]
    process = child.start(command, log=log, ready=lambda: _ready(data, port))
    return PostgreSQL(process, port, password)


def stop_leftover(data: Path) -> bool:
    """Stop the server that still runs on ``data`` without a supervisor. Return whether there was one.

    A pid file without its process, or with a number that another program has by now, is only removed.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return False
    found = _serves(pid, data)
    if found:
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 10
        while child.alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        if child.alive(pid):
            os.kill(pid, signal.SIGQUIT)
            time.sleep(0.5)
    pid_file.unlink(missing_ok=True)
    return found


def _serves(pid: int, data: Path) -> bool:
    """Tell whether ``pid`` is a PostgreSQL on ``data``, and not another one, nor another program."""
    if not child.alive(pid):
        return False
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:  # no /proc here
        ask = ["ps", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(ask, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a number of ours
    return "postgres" in command and str(data) in command


def _ready(data: Path, port: int) -> bool:
    """Tell whether PostgreSQL wrote "ready" into its pid file, which it does once it takes connections."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[3] == str(port) and lines[7].strip() == "ready"


def _initialise(programs: Path, data: Path, password: str) -> None:
    """Make the folder of a new server. A half-made one, from a start that was killed, is thrown away first."""
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    privileges.give(data)
    password_file = data.with_name(f"{data.name}.password")
    password_file.touch(mode=0o600)
    password_file.write_text(password)
    privileges.give(password_file)
    command = [
        *privileges.prefix(needs=(programs, data), drop=True, at_death=signal.SIGKILL),
        *(str(programs / "initdb"), "-D", str(data), "-U", USER, "--auth=scram-sha-256", f"--pwfile={password_file}"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8", "--locale=C"),
        *("--no-sync", "--no-instructions"),
    ]
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd="/")  # noqa: S603 - our own words
    password_file.unlink()
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        message = f"initdb failed:\n{done.stdout}{done.stderr}"
        raise child.ServerFailedError(message)
