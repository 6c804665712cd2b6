"""One deployment at a time. The kernel frees the lock when its holder dies in any way, so it can't be left behind."""

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.deployer.errors import DeployError


def owner() -> str:
    """Return who deploys: the person behind sudo, when there is one."""
    with suppress(KeyError, OSError):
        return os.environ.get("SUDO_USER") or getpass.getuser()
    return f"uid {os.getuid()}"


@contextmanager
def held(path: Path, what: str) -> Iterator[dict[str, Any] | None]:
    """Hold the lock for the block. Gives what the last holder was doing when it died in the middle, or None.

    Raises:
        DeployError: Somebody else deploys now; with who, since when and what.
    """
    path.touch(mode=0o644, exist_ok=True)
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DeployError(
                f"Somebody deploys already: {_told(_read(path))}. Try again when that has ended."
            ) from None
        left = _read(path)
        _write(path, {"who": owner(), "what": what, "pid": os.getpid(), "host": socket.gethostname(), "since": _now()})
        try:
            yield left
        finally:
            _write(path, None)


def holder(path: Path) -> dict[str, Any] | None:
    """Return who deploys now, or None."""
    if not path.exists():
        return None
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(path) or {}
    return None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        read = json.loads(path.read_text() or "null")
    except (ValueError, OSError):  # killed while it wrote
        return {}
    return read if isinstance(read, dict) else None


def _write(path: Path, told: dict[str, Any] | None) -> None:
    with suppress(OSError):  # a full disk: the lock itself needs no room
        path.write_text("" if told is None else json.dumps(told) + "\n")


def _told(holder: dict[str, Any] | None) -> str:
    if not holder:
        return "by whom is not known"
    return (
        f"{holder['who']} with {holder['what']}, process {holder['pid']} on {holder['host']}, since {holder['since']}"
    )


def _now() -> str:
    return f"{datetime.now(UTC):%F %T} UTC"
