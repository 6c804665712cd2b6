"""Running a runbook: look, keep what was seen, mend, look again."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.db import connections

from apps.core.runbooks import evidence
from apps.core.runbooks.diagnosis import CannotLook, Diagnosis, Level, Look, Runbook

logger = logging.getLogger(__name__)

Found = TypeVar("Found")

HEALTHY, WRONG, NOT_SEEN = 0, 1, 2
AGAIN_EVERY = 0.5  # seconds between two looks for a remedy's effect


@dataclass
class Outcome:
    """What one run came to. ``after`` is the look that proves the remedies; None when none was applied."""

    runbook: Runbook
    before: Diagnosis
    after: Diagnosis | None = None
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    undo: list[str] = field(default_factory=list)
    kept: Path | None = None

    @property
    def last(self) -> Diagnosis:
        return self.after or self.before

    @property
    def status(self) -> int:
        """0 when all is well or was mended, 1 when something is wrong, 2 when it could not be seen."""
        if self.failed:
            return WRONG
        return {Level.WRONG: WRONG, Level.UNKNOWN: NOT_SEEN}.get(self.last.level, HEALTHY)

    def as_json(self) -> dict[str, Any]:
        return {
            "runbook": self.runbook.slug,
            "status": self.status,
            "cause": self.before.cause,
            "findings": [asdict(finding) for finding in self.before.findings],
            "remedies": [{"does": each.does, "safe": each.safe, "undo": each.undo} for each in self.before.remedies],
            "advice": self.last.advice,
            "done": self.done,
            "failed": self.failed,
            "undo": self.undo,
            "after": [asdict(finding) for finding in self.after.findings] if self.after else None,
            "evidence": str(self.kept) if self.kept else None,
            "page": self.runbook.page,
        }


def diagnose(runbook: Runbook, look: Look) -> Diagnosis:
    """Look. Whatever keeps it from seeing is a finding and never an exception."""
    diagnosis = Diagnosis()
    try:
        runbook.look(diagnosis, look)
    except CannotLook as reason:
        diagnosis.unknown(str(reason))
    except Exception as error:
        logger.exception("The runbook %s could not look", runbook.slug)
        diagnosis.unknown(f"Could not look: {type(error).__name__}. The log has its trace.")
    finally:
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()  # this thread ends, and nobody else would hang up
    if not diagnosis.findings:
        diagnosis.unknown("Nothing was found out.")
    return diagnosis


def run(runbook: Runbook, look: Look, *, fix: bool) -> Outcome:
    """Look, keep the evidence, and with ``fix`` apply the remedies and prove them."""
    outcome = Outcome(runbook, diagnose(runbook, look))
    outcome.kept = evidence.save(
        runbook.slug,
        {"findings": [asdict(finding) for finding in outcome.before.findings], "evidence": outcome.before.evidence},
    )
    if not fix or not outcome.before.remedies:
        return outcome
    for remedy in outcome.before.remedies:
        try:
            outcome.done.append(remedy.act())
        except Exception as error:
            logger.exception("The remedy of the runbook %s failed", runbook.slug)
            outcome.failed.append(f"{remedy.does}: {error}")
        else:
            logger.warning("Runbook %s: %s", runbook.slug, outcome.done[-1])
            outcome.undo.append(remedy.undo)
    until = time.monotonic() + runbook.settle
    outcome.after = diagnose(runbook, look)
    pause = threading.Event()
    while outcome.after.level is not Level.OK and time.monotonic() < until:
        pause.wait(AGAIN_EVERY)
        outcome.after = diagnose(runbook, look)
    return outcome


def within(seconds: float, call: Callable[[], Found]) -> Found | None:
    """Return what ``call`` returns, or None when it has not by then: a server that hangs must not hang the operator."""
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(call()), name="runbook", daemon=True)
    thread.start()
    thread.join(seconds)
    return found[0] if found else None
