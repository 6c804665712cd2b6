"""Whether this process counts, and in which file. Servers, workers and beats do; a command at the shell does not."""

import logging
import os
import secrets
import threading
import time
from pathlib import Path
from typing import Protocol

from django.conf import settings

from apps.core.metrics.book import Book

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0


class Series(Protocol):
    """What is counted: an instrument. ``key`` is what a row of it is called in the file, ``numbers`` how long it is."""

    numbers: int

    def key(self, values: tuple[str, ...]) -> str: ...


class _State:
    """This process' own. A fork begins anew: it counts in a file of its own."""

    def __init__(self) -> None:
        self.kind = ""
        self.book: Book | None = None
        self.places: dict[tuple[Series, tuple[str, ...]], int] = {}
        self.not_before = 0.0
        self.opening = threading.Lock()


_state = _State()


def start(kind: str) -> None:
    """Count from now on, as a process of this kind: web, socket, worker or beat."""
    _state.kind = kind


def stop() -> None:
    """Count no more. What was counted stays."""
    _begin_anew(kind="")


def kind() -> str:
    return _state.kind


def folder() -> Path:
    return Path(settings.METRICS_DIR)


def add(series: Series, values: tuple[str, ...], *changes: tuple[int, float]) -> None:
    """Add to the row of these label values, each change by its index. Does nothing in a process that does not count."""
    if (found := _find(series, values)) is not None:
        book, place = found
        book.add(place, changes)


def put(series: Series, values: tuple[str, ...], number: float) -> None:
    """Set the number of these label values."""
    if (found := _find(series, values)) is not None:
        book, place = found
        book.put(place, number)


def _find(series: Series, values: tuple[str, ...]) -> tuple[Book, int] | None:
    if not _state.kind or (book := _state.book or _open()) is None:
        return None
    place = _state.places.get((series, values))
    if place is None:
        try:
            place = _state.places[series, values] = book.place(series.key(values), series.numbers)
        except OSError as error:
            _complain(error)
            return None
    return book, place


def _open() -> Book | None:
    with _state.opening:
        if _state.book is None and time.monotonic() >= _state.not_before:
            try:
                _state.book = Book(folder(), secrets.token_hex(8))
            except OSError as error:
                _state.not_before = time.monotonic() + PAUSE_SECONDS
                _complain(error)
        return _state.book


def _complain(error: OSError) -> None:
    """A full disk costs figures and never a request."""
    logger.warning("This process cannot count in %s: %s", folder(), error.strerror or error)


def _begin_anew(*, kind: str) -> None:
    global _state  # noqa: PLW0603 - one for the process
    before = _state
    _state = _State()
    _state.kind = kind
    if before.book is not None:
        before.book.leave_to_parent()


os.register_at_fork(after_in_child=lambda: _begin_anew(kind=_state.kind))
