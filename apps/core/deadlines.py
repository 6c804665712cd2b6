"""Asks many things at once and stops waiting in time: what hangs or fails costs its own answer and no other's."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import connections

from apps.core.health import probes, readiness

T = TypeVar("T")

# However much is asked at once, this many connections of the pool are enough for it: pages need the others.
_connections = threading.BoundedSemaphore(3)
DATABASE_AWAY = "The database does not answer."


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What became of one question. ``problem`` is for operators: no addresses, no secrets; empty when all is well."""

    name: str
    value: T | None
    problem: str
    ms: float


class Question(Generic[T]):
    """A function that is asked in a thread of its own, and never twice at once: one that hangs holds one thread.

    With ``database=True`` it is not asked at all while the database does not answer, and takes its turn otherwise.
    """

    def __init__(self, name: str, ask: Callable[[], T], *, database: bool = True) -> None:
        self.name = name
        self.database = database
        self._ask = ask
        self._value: T | None = None
        self.probe = probes.Probe(name, self._run)

    def _run(self) -> None:
        if not self.database:
            self._value = self._ask()
            return
        with _connections:
            try:
                self._value = self._ask()
            finally:
                connections.close_all()

    def answer(self, result: probes.Result) -> Answer[T]:
        """Put the value beside what is known of the run that made it."""
        return Answer(self.name, self._value if result.ok else None, result.reason, result.ms)


def ask(questions: Sequence[Question[T]], *, seconds: float) -> list[Answer[T]]:
    """Ask all at once and answer each, in their order, within ``seconds`` and the one that the database has."""
    away = any(question.database for question in questions) and not _database_answers()
    asked = [question for question in questions if not (away and question.database)]
    results = dict(zip(asked, probes.run([question.probe for question in asked], seconds), strict=True))
    return [
        question.answer(results[question]) if question in results else Answer(question.name, None, DATABASE_AWAY, 0.0)
        for question in questions
    ]


def _database_answers() -> bool:
    return "database" not in readiness.report().failing
