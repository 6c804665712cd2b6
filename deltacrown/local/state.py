"""The folder ``var``: everything that running the platform leaves on this machine."""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

if os.name == "posix":
    import fcntl

ROOT = Path(__file__).resolve().parent.parent.parent


class AlreadyRunningError(RuntimeError):
    """Another supervisor works on this folder. The argument is its process id, 0 when unknown."""


@dataclass(frozen=True)
class State:
    """Names of what is in ``var``."""

    var: Path = ROOT / "var"

    @property
    def servers(self) -> Path:
        """Which servers run, and the variables that lead to them."""
        return self.var / "servers.json"

    @property
    def logs(self) -> Path:
        """What the servers write."""
        return self.var / "log"

    def data(self, server: str) -> Path:
        """The data of one server."""
        return self.var / server

    def make(self) -> None:
        """Make the folder."""
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            message = (
                f"{self.var} belongs to another user of this machine. Remove it, or clone the project for yourself."
            )
            raise PermissionError(message) from error

    def remembered(self) -> dict[str, Any]:
        """Return the passwords and last ports of the servers, which the first start makes up."""
        path = self.var / "secrets.json"
        with contextlib.suppress(FileNotFoundError, ValueError):
            found: dict[str, Any] = json.loads(path.read_text())
            return found
        made = {"postgresql_password": secrets.token_urlsafe(24), "redis_password": secrets.token_urlsafe(24)}
        self.remember(made)
        return made

    def remember(self, values: dict[str, Any]) -> None:
        """Keep ``values`` where only the owner reads them."""
        write_private(self.var / "secrets.json", values)

    def note_server(self, noted: dict[str, Any]) -> None:
        """Let ``servers.running`` find a server, in the place of the one of the same name."""
        others: list[dict[str, Any]] = []
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self.servers.read_text())["servers"]
            others = [server for server in found if server["name"] != noted["name"]]
        write_private(self.servers, {"servers": [*others, noted]})

    @contextlib.contextmanager
    def claimed(self) -> Any:
        """Be the only supervisor of this folder. The lock ends with the process, also when it is killed."""
        with self._lock_file() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AlreadyRunningError(int(lock.read() or 0)) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def supervisor(self) -> int | None:
        """Return the process id of the supervisor that works on this folder, or None."""
        if not self.var.exists():
            return None
        try:
            with self.claimed():
                return None
        except AlreadyRunningError as error:
            return int(error.args[0]) or None

    def _lock_file(self) -> IO[str]:
        descriptor = os.open(self.var / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o644)
        return os.fdopen(descriptor, "r+")


def write_private(path: Path, values: dict[str, Any]) -> None:
    """Write ``values`` as JSON in one step, readable by the owner only."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(values, file, indent=1)
    draft.replace(path)
