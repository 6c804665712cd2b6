"""A server process of ours: started, waited for, ended."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30.0  # seconds: a slow disk with recovery to do


class ServerFailedError(RuntimeError):
    """A server did not come up. The message holds the end of its log."""


def bind(port: int) -> socket.socket:
    """Take ``port`` of 127.0.0.1, 0 for any. Raises OSError when it cannot be had."""
    taken = socket.socket()
    try:
        if os.name == "posix":  # else connections that ended a moment ago would keep the port from us
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
    except BaseException:
        taken.close()
        raise
    return taken


def free_port(preferred: int | None = None) -> int:
    """Return a port on 127.0.0.1 that nobody listens on: ``preferred`` when it is free."""
    for port in (preferred, 0) if preferred else (0,):
        with contextlib.suppress(OSError), bind(port) as taken:
            return int(taken.getsockname()[1])
    message = "No free port on 127.0.0.1."
    raise ServerFailedError(message)


def listening(port: int) -> bool:
    """Tell whether somebody answers on ``port`` of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def alive(pid: int) -> bool:
    """Tell whether a process with this id runs, whoever owns it. One that ended and was not collected does not run."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # no /proc here
        return True


def start(
    command: list[str],
    *,
    log: Path,
    ready: Callable[[], bool],
    stdin: str | None = None,
    environment: dict[str, str] | None = None,
    folder: Path = Path("/"),
) -> subprocess.Popen[str]:
    """Start ``command`` in a session of its own and return it once ``ready`` says so.

    A session of its own keeps Ctrl-C in the terminal from reaching the server before those who use it have ended.
    """
    with log.open("a") as output:
        process = subprocess.Popen(  # noqa: S603 - our own words
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment or {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            cwd=folder,
            start_new_session=True,
            text=True,
        )
    if stdin is not None and process.stdin:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(stdin)
            process.stdin.close()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if ready():
            return process
        time.sleep(0.02)
    stop(process, signal.SIGKILL)
    message = f"{log.stem} did not start. The end of {log}:\n{tail(log)}"
    raise ServerFailedError(message)


def stop(process: subprocess.Popen[str], how: signal.Signals, patience: float = 10) -> None:
    """End ``process`` with ``how``, and with SIGKILL after ``patience`` seconds."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of ``log``."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
