"""What a runbook finds, and what it could do about it."""

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class CannotLook(Exception):
    """What was to be looked at does not answer. The message is a sentence for the operator."""


class Level(enum.StrEnum):
    """How a finding is: in order, mended; worth knowing; wrong; not to be seen."""

    OK = "ok"
    NOTE = "note"
    UNKNOWN = "unknown"
    WRONG = "wrong"


_ORDER = list(Level)


@dataclass(frozen=True)
class Finding:
    level: Level
    text: str


@dataclass(frozen=True)
class Remedy:
    """One act that ``--fix`` does.

    Args:
        does: What will be done, in words.
        safe: Why that loses nothing.
        undo: How to take it back, or why nothing has to be.
        act: Does it, and returns what was done.
    """

    does: str
    safe: str
    undo: str
    act: Callable[[], str]


@dataclass(frozen=True)
class Look:
    """How to look.

    Args:
        deep: Take seconds and sample processes. ``doctor`` does not.
        older_than: Seconds from which on something counts as too old, in place of the runbook's own.
    """

    deep: bool = True
    older_than: float | None = None

    def seconds(self, usual: float) -> float:
        return usual if self.older_than is None else self.older_than


@dataclass
class Diagnosis:
    """What was found, what shows it, what could be done by ``--fix``, and what is left to a person."""

    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)
    remedies: list[Remedy] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def ok(self, text: str) -> None:
        self.findings.append(Finding(Level.OK, text))

    def note(self, text: str) -> None:
        self.findings.append(Finding(Level.NOTE, text))

    def wrong(self, text: str) -> None:
        self.findings.append(Finding(Level.WRONG, text))

    def unknown(self, text: str) -> None:
        self.findings.append(Finding(Level.UNKNOWN, text))

    def judge(self, good: bool, text: str) -> bool:
        """Note ``text`` as in order or as wrong, and return which."""
        self.findings.append(Finding(Level.OK if good else Level.WRONG, text))
        return good

    def advise(self, text: str) -> None:
        if text not in self.advice:
            self.advice.append(text)

    @property
    def level(self) -> Level:
        """The worst of the findings."""
        return max((finding.level for finding in self.findings), key=_ORDER.index, default=Level.UNKNOWN)

    @property
    def cause(self) -> str:
        """The first thing that is wrong, or that could not be seen; empty when all is well."""
        for level in (Level.WRONG, Level.UNKNOWN):
            for finding in self.findings:
                if finding.level == level:
                    return finding.text
        return ""


@dataclass(frozen=True)
class Runbook:
    """One thing that can go wrong.

    Args:
        slug: Its name in commands, alerts and docs/runbooks.
        title: What people would call it.
        look: Adds findings, evidence, remedies and advice to the diagnosis.
        alerts: Names of the alert rules that lead here.
        settle: Seconds that its remedies may take until their effect is seen.
    """

    slug: str
    title: str
    look: Callable[[Diagnosis, Look], None]
    alerts: tuple[str, ...] = ()
    settle: float = 5.0

    @property
    def page(self) -> str:
        return f"docs/runbooks/{self.slug}.md"
