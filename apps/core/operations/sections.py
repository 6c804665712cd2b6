"""The sections of the operations page. Any app adds its own in ``AppConfig.ready``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.core.deadlines import Question, ask

SECONDS = 3.0


@dataclass(frozen=True)
class Section:
    """A part of the page.

    ``content`` returns the context of ``template``. Both run in a thread of their own with a time limit, so a section
    that hangs or fails says so in its own place, and the rest of the page stands. ``database``: it asks the database.
    """

    name: str  # in the address and in the page's anchors: lowercase, with dashes
    title: str
    order: int
    template: str
    content: Callable[[], Mapping[str, Any]]
    database: bool = True
    span: str = ""  # hour, day, month, year: it is shown when the page is about this time; empty: always


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it: its HTML, or why there is none."""

    name: str
    title: str
    html: SafeString | None
    problem: str


_questions: dict[str, tuple[Section, Question[SafeString]]] = {}


def register(section: Section) -> None:
    """Add a section. One of the same name takes its place, so that registering twice changes nothing."""

    def drawn() -> SafeString:
        return render_to_string(section.template, dict(section.content()))

    question = Question(f"section {section.name}", drawn, database=section.database)
    _questions[section.name] = (section, question)


def registered() -> list[Section]:
    return sorted((section for section, _ in _questions.values()), key=lambda section: (section.order, section.name))


def show(names: Sequence[str] | None = None, *, span: str = "hour") -> list[Shown]:
    """Draw the sections of a span, or those of ``names``, at once; each within ``SECONDS``."""
    chosen = [
        section for section in registered() if (section.span in ("", span) if names is None else section.name in names)
    ]
    answers = ask([_questions[section.name][1] for section in chosen], seconds=SECONDS)
    return [
        Shown(section.name, section.title, answer.value, answer.problem)
        for section, answer in zip(chosen, answers, strict=True)
    ]
