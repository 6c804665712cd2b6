"""A Redis server on 127.0.0.1 with a password."""

import contextlib
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deltacrown.local import binaries, child, privileges


@dataclass
class Redis:
    """A running server and how to reach it."""

    process: subprocess.Popen[str]
    port: int
    password: str

    def url(self, database: int = 0) -> str:
        """Return the address of one of its 64 databases."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self, *, keep: bool = True) -> None:
        """End the server: after it saved when its data is kept, at once when it is thrown away."""
        child.stop(self.process, signal.SIGTERM if keep else signal.SIGKILL)


def start(data: Path, *, password: str, log: Path, keep: bool, port: int | None = None) -> Redis | None:
    """Start a server on the folder ``data``, or return None when this machine has no ``redis-server``.

    A server that an ended supervisor left on ``port`` is stopped first.

    Args:
        keep: Whether it saves its data.
    """
    program = binaries.redis()
    if program is None:
        return None
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if port:
        stop_leftover(port, password)
    port = child.free_port(port)
    # By standard input, so that the password is in no process list.
    configuration = f"""
bind 127.0.0.1
port {port}
requirepass "{password}"
databases 64
daemonize no
dir "{data}"
save {"60 1" if keep else '""'}
appendonly no
loglevel warning
"""
    at_death = signal.SIGTERM if keep else signal.SIGKILL
    command = [*privileges.prefix(needs=(), drop=False, at_death=at_death), str(program), "-"]
    process = child.start(command, log=log, stdin=configuration, ready=lambda: _ready(port, password))
    return Redis(process, port, password)


def stop_leftover(port: int, password: str) -> bool:
    """Stop the server that still runs on ``port`` without a supervisor. Return whether there was one.

    A stranger on the port does not know the password, and is left alone.
    """
    found = _ready(port, password)
    if found:
        with contextlib.suppress(OSError):
            _say(port, f"AUTH {password}\r\nSHUTDOWN SAVE\r\n", answers=2)
    return found


def _ready(port: int, password: str) -> bool:
    """Tell whether it is our server that answers: a stranger on the port does not know the password."""
    try:
        return _say(port, f"AUTH {password}\r\nPING\r\n", answers=2) == "+OK\r\n+PONG\r\n"
    except OSError:
        return False


def _say(port: int, words: str, *, answers: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(words.encode())
        answer = b""
        while answer.count(b"\r\n") < answers:
            received = connection.recv(100)
            if not received:
                break
            answer += received
        return answer.decode(errors="replace")
