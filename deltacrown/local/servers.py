"""The PostgreSQL and Redis of this checkout: which run, and for tests a pair that lives as long as the run."""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deltacrown.local import child, postgresql, redis

VAR = Path(__file__).resolve().parent.parent.parent / "var"
TEMPORARY_PREFIX = "deltacrown-tests-"


def running(var: Path = VAR) -> dict[str, str]:
    """Return the variables of the servers that ``make run`` or ``make servers`` started and that still run.

    Empty when none does. Asked by the settings in development, so it stays cheap: one small file, one process id and
    one connection for each server.
    """
    try:
        noted: dict[str, Any] = json.loads((var / "servers.json").read_text())
    except (OSError, ValueError):
        return {}
    variables: dict[str, str] = {}
    for server in noted.get("servers", []):
        if child.alive(server["pid"]) and child.listening(server["port"]):
            variables |= server["variables"]
    return variables


@contextlib.contextmanager
def temporary(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run the servers that ``environment`` does not name, and give the variables that lead to them.

    Their data is in a folder for temporary files, and goes with them.
    """
    wants_postgresql = not environment.get("DB_HOST") and "sqlite" not in environment.get("DB_ENGINE", "")
    wants_redis = "REDIS_URL" not in environment
    variables: dict[str, str] = {}
    if not (wants_postgresql or wants_redis):
        yield variables
        return
    sweep()
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY_PREFIX}{os.getpid()}-"))
        folder.chmod(0o711)  # our own folder: the user that PostgreSQL runs as must pass it
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if wants_postgresql:
            database = postgresql.start(
                folder / "postgresql", password=secrets.token_hex(16), log=folder / "postgresql.log"
            )
            stack.callback(database.stop, keep=False)
            variables |= database.variables
        if wants_redis:
            password = secrets.token_hex(16)
            cache = redis.start(folder / "redis", password=password, log=folder / "redis.log", keep=False)
            if cache:
                stack.callback(cache.stop, keep=False)
            variables["REDIS_URL"] = cache.url() if cache else ""
        yield variables


def sweep() -> None:
    """Remove the folders of runs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*"):
        owner = folder.name.removeprefix(TEMPORARY_PREFIX).split("-")[0]
        if owner.isdigit() and not child.alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
