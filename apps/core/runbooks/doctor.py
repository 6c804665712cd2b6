"""All runbooks at once, without the looks that take seconds, each with a deadline."""

import threading
import time
from dataclasses import dataclass

from apps.core.runbooks import registry
from apps.core.runbooks.diagnosis import Diagnosis, Level, Look, Runbook
from apps.core.runbooks.running import diagnose

SECONDS = 8.0


@dataclass(frozen=True)
class Visit:
    """What one runbook found, and how long that took. What did not end in time is unknown, not well."""

    runbook: Runbook
    diagnosis: Diagnosis
    seconds: float


class _Call(threading.Thread):
    def __init__(self, runbook: Runbook) -> None:
        super().__init__(name=f"doctor-{runbook.slug}", daemon=True)
        self.runbook = runbook
        self.found: Visit | None = None

    def run(self) -> None:
        began = time.monotonic()
        self.found = Visit(self.runbook, diagnose(self.runbook, Look(deep=False)), time.monotonic() - began)


def visit(*, seconds: float = SECONDS) -> list[Visit]:
    """Return what each runbook found, after ``seconds`` at the most, whatever hangs."""
    calls = [_Call(runbook) for runbook in registry.every()]
    until = time.monotonic() + seconds
    for call in calls:
        call.start()
    visits = []
    for call in calls:
        call.join(max(0.0, until - time.monotonic()))
        visits.append(call.found or _late(call.runbook, seconds))
    return visits


def waiting() -> list[str]:
    """Return the names of checks that still wait for an answer."""
    return [thread.name for thread in threading.enumerate() if isinstance(thread, _Call)]


def worst(visits: list[Visit]) -> Level:
    """Return the worst level of all."""
    order = list(Level)
    return max((each.diagnosis.level for each in visits), key=order.index, default=Level.UNKNOWN)


def _late(runbook: Runbook, seconds: float) -> Visit:
    diagnosis = Diagnosis()
    diagnosis.unknown(f"No answer within {seconds:.0f} seconds: what it asks hangs.")
    return Visit(runbook, diagnosis, seconds)
