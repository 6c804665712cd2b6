"""Who and what this line of work belongs to: one request, socket or job, across threads and coroutines.

``bind`` opens a context around a piece of work; ``learn`` adds what turns out later (who the user is, which page
answers). A bound context is one object that all threads and coroutines of the work share, so that what one of them
learns the others can log.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

# What a proxy, a browser or another service may send. Narrow, because the id is written to logs, SQL and mail headers.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}\Z")


@dataclass(slots=True)
class Context:
    """What is known about the current work. Empty members are unknown."""

    request_id: str = ""
    user_id: int | None = None
    task_id: str = ""
    route: str = ""
    # Of ``time.monotonic``: when a request gives up waiting for its database. None: nobody waits for this work.
    ends_at: float | None = None
    # Of this piece of work alone: one that is bound inside another begins at zero, so nothing is counted twice.
    queries: int = field(default=0, init=False)


class Changes(TypedDict, total=False):
    request_id: str
    user_id: int | None
    task_id: str
    route: str
    ends_at: float | None


_current: ContextVar[Context | None] = ContextVar("deltacrown_context", default=None)


def current() -> Context:
    """Return the context of this work; an empty one outside of any."""
    return _current.get() or Context()


@contextmanager
def bind(**changes: Unpack[Changes]) -> Iterator[Context]:
    """Run a block in a context of its own that inherits from the one around it."""
    bound = replace(current(), **changes)
    token = _current.set(bound)
    try:
        yield bound
    finally:
        _current.reset(token)


def learn(**changes: Unpack[Changes]) -> None:
    """Add to the context that is bound. Outside of any there is nothing to add to, and nothing happens."""
    bound = _current.get()
    if bound is not None:
        for name, value in changes.items():
            setattr(bound, name, value)


def count_query() -> None:
    """Count a database statement of this work."""
    bound = _current.get()
    if bound is not None:
        bound.queries += 1


def request_id_from(given: str | None) -> str:
    """Return the id that the caller sent when it is well-formed, else a new one of 20 hexadecimal digits."""
    if given and _WELL_FORMED.match(given):
        return given
    return secrets.token_hex(10)
