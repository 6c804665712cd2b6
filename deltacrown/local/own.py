"""The servers of this checkout with data that stays: what ``make run`` and ``make servers`` bring up."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deltacrown.local import binaries, child, postgresql, redis
from deltacrown.local.state import State


@dataclass
class OwnServer:
    """PostgreSQL or Redis of this checkout, as the supervisor sees it."""

    name: str
    state: State
    server: postgresql.PostgreSQL | redis.Redis | None = None
    variables: Mapping[str, str] | None = None

    def start(self) -> None:
        """Start it on its data, on its last port when that is free."""
        key = self.name.lower()
        known = self.state.remembered()
        options = {
            "password": known[f"{key}_password"],
            "port": known.get(f"{key}_port"),
            "log": self.state.logs / f"{key}.log",
        }
        options["log"].write_text("")  # only the log of this run is of use
        if self.name == "PostgreSQL":
            self.server = postgresql.start(self.state.data(key), **options)
            self.variables = self.server.variables
        else:
            self.server = redis.start(self.state.data(key), keep=True, **options)
            self.variables = {"REDIS_URL": self.server.url()} if self.server else {}
        if self.server:
            self.state.remember(known | {f"{key}_port": self.server.port})
            self.state.note_server(self.noted())

    def noted(self) -> dict[str, Any]:
        """Return what ``servers.running`` needs to find it."""
        server = self.server
        if server is None:
            return {}
        return {
            "name": self.name,
            "pid": server.process.pid,
            "port": server.port,
            "variables": dict(self.variables or {}),
        }

    def ended(self) -> int | None:
        return self.server.process.poll() if self.server else None

    def ask_to_end(self) -> None:
        if self.server:
            self.server.stop()

    def kill(self) -> None:
        if self.server:
            child.stop(self.server.process, signal.SIGKILL)

    def last_lines(self) -> str:
        return child.tail(self.state.logs / f"{self.name.lower()}.log")


def wanted(state: State, named: Mapping[str, str]) -> list[OwnServer]:
    """Return the servers that nobody ``named`` by a variable and that this machine can run."""
    servers = []
    if not named.get("DB_HOST") and "sqlite" not in named.get("DB_ENGINE", ""):
        servers.append(OwnServer("PostgreSQL", state))
    if "REDIS_URL" not in named and binaries.redis():
        servers.append(OwnServer("Redis", state))
    return servers


def stop_leftovers(state: State) -> bool:
    """Stop servers of this checkout that outlived their supervisor. Return whether there were any."""
    if not state.var.exists():
        return False
    known = state.remembered()
    found = postgresql.stop_leftover(state.data("postgresql"))
    if port := known.get("redis_port"):
        found = redis.stop_leftover(port, known["redis_password"]) or found
    state.servers.unlink(missing_ok=True)
    return found
