"""Services under keepers of ours, one process each: for containers and tests, where systemd is not process 1."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.deployer import commands
from deploy.deployer.errors import DeployError
from deploy.deployer.units import unitfile

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 10.0  # seconds for a keeper to begin


class OwnUnits:
    """The same unit files, read by us."""

    def __init__(self, unit_files: Path, state: Path, log: Path) -> None:
        self.unit_files, self.state, self.log = unit_files, state, log

    def start(self, unit: str) -> None:
        """Start it; one that is stopping is started after that, as systemd does."""
        stopping = self._status(unit).get("state") == "stopping"
        if self._is_kept(unit) and not stopping:
            return
        unitfile.read(self.unit_files, unit)  # a missing one is told here and not in a log
        self.state.mkdir(parents=True, exist_ok=True)
        if not stopping:
            (self.state / f"{unit}.json").unlink(missing_ok=True)
        folders = map(str, (self.unit_files, self.state, self.log))
        with (self.log / f"{unit}.log").open("ab") as output:
            subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", "deploy.deployer.units.keeper", *folders, unit],
                cwd=ROOT,
                env=commands.clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + PATIENCE
        while not self._status(unit) and time.monotonic() < until:
            time.sleep(0.05)
        if not self._status(unit):
            raise DeployError(f"{unit} did not start:\n{self.last_lines(unit)}")

    def stop(self, unit: str, *, wait: float) -> bool:
        if not self._is_kept(unit):
            return True
        with suppress(KeyError, TypeError, ProcessLookupError):
            os.kill(self._status(unit)["keeper"], signal.SIGTERM)
        until = time.monotonic() + wait
        while self._is_kept(unit):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def kill(self, unit: str) -> None:
        """End it and its keeper at once."""
        status = self._status(unit)
        for pid in (status.get("keeper"), status.get("main")):
            if pid and self._is_kept(unit):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def signal(self, unit: str, name: str) -> None:
        status = self._status(unit)
        if self._is_kept(unit) and status.get("main"):
            with suppress(ProcessLookupError):
                os.kill(status["main"], signal.Signals[f"SIG{name}"])

    def main_pid(self, unit: str) -> int:
        return int(self._status(unit).get("main") or 0) if self._is_kept(unit) else 0

    def is_active(self, unit: str) -> bool:
        return self._is_kept(unit) and self._status(unit).get("state") == "active"

    def is_failing(self, unit: str) -> bool:
        return self._status(unit).get("state") in {"failing", "failed"} or self._status(unit).get("failures", 0) >= 3

    def last_lines(self, unit: str) -> str:
        try:
            return commands.last_lines((self.log / f"{unit}.log").read_text(errors="replace"))
        except OSError:
            return ""

    def enable(self, unit: str, *, at_boot: bool) -> None:
        """Nothing boots here."""

    def reload(self) -> None:
        """They are read at each start."""

    def running(self) -> list[str]:
        """Return the units that are kept running."""
        return [path.stem for path in sorted(self.state.glob("*.lock")) if self._is_kept(path.stem)]

    def _is_kept(self, unit: str) -> bool:
        """Whether a keeper lives: it holds the lock as long as it does."""
        try:
            with (self.state / f"{unit}.lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def _status(self, unit: str) -> dict[str, Any]:
        try:
            status = json.loads((self.state / f"{unit}.json").read_text())
        except (OSError, ValueError):
            return {}
        return status if isinstance(status, dict) else {}
