"""Runs a check in a thread of its own and stops waiting for it in time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

TIMEOUT = 1.0


class NotReady(Exception):
    """A check found something wrong. The message is shown to operators: no addresses, no secrets."""


@dataclass(frozen=True)
class Result:
    name: str
    ok: bool
    ms: float
    reason: str = ""


class Probe:
    """One check. It never runs twice at once, so a dependency that hangs for hours holds one thread and no more."""

    def __init__(self, name: str, check: Callable[[], None]) -> None:
        self.name = name
        self._check = check
        self._lock = threading.Lock()
        self._run: _Run | None = None

    def start(self) -> "_Run":
        """Begin the check, or join the one that still waits for its answer."""
        with self._lock:
            if self._run is None or not self._run.is_alive():
                self._run = _Run(self.name, self._check)
                self._run.start()
            return self._run


class _Run(threading.Thread):
    def __init__(self, name: str, check: Callable[[], None]) -> None:
        super().__init__(name=f"health-{name}", daemon=True)
        self._check = check
        self._began = time.perf_counter()
        self._result: Result | None = None

    def run(self) -> None:
        try:
            self._check()
        except NotReady as problem:
            self._result = self._ended(ok=False, reason=str(problem))
        except Exception as error:
            # Only the kind: the text may hold addresses and accounts.
            self._result = self._ended(ok=False, reason=type(error).__name__)
        else:
            self._result = self._ended(ok=True)

    def wait(self, until: float) -> Result:
        """Return the result, or that there is none yet at ``until`` (of ``time.perf_counter``)."""
        self.join(max(0.0, until - time.perf_counter()))
        return self._result or self._ended(ok=False, reason="no answer in time")

    def _ended(self, *, ok: bool, reason: str = "") -> Result:
        ms = round((time.perf_counter() - self._began) * 1000, 1)
        return Result(self.name.removeprefix("health-"), ok, ms, reason)


def run(probes: list[Probe], timeout: float = TIMEOUT) -> list[Result]:
    """Run all at once and return their results, in their order, at the latest after ``timeout`` seconds."""
    until = time.perf_counter() + timeout
    runs = [probe.start() for probe in probes]
    return [run.wait(until) for run in runs]
