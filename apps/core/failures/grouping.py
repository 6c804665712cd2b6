"""Which failures are one: the same error from the same line of ours."""

import hashlib
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from django.conf import settings
from django.db import Error as DatabaseError

from apps.core.logging.formatting import one_line
from apps.core.scrubbing import database_words, scrub_text, scrub_trace, without_quotes

TRACE_MAX = 20_000
_CHANGING = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """What is kept of one failure, without secrets, people's data and values of variables."""

    fingerprint: str
    kind: str
    message: str
    place: str
    trace: str
    source: str


def of_exception(error: BaseException, source: str) -> Failure:
    """Describe an exception."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    place = _innermost_of_ours(error.__traceback__)
    trace = scrub_trace("".join(traceback.format_exception(error)))
    return Failure(
        _fingerprint(kind, place or source),
        kind[:200],
        one_line(scrub_text(_words(error)))[:500],
        place[:300],
        trace[-TRACE_MAX:].replace("\x00", ""),
        source[:200],
    )


def of_message(text: str, template: str, source: str) -> Failure:
    """Describe an error line without an exception. Lines of one template are one failure."""
    steady = _CHANGING.sub("…", template)
    return Failure(
        _fingerprint(source, steady), "logged", one_line(scrub_text(without_quotes(text)))[:500], "", "", source[:200]
    )


def _words(error: BaseException) -> str:
    return database_words(str(error)) if isinstance(error, DatabaseError) else without_quotes(str(error))


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()


def _innermost_of_ours(trace: TracebackType | None) -> str:
    """Return file and function of the deepest frame of this site. No line: an edit above it makes no new error."""
    base = str(Path(settings.BASE_DIR)) + "/"
    place = ""
    for frame, _ in traceback.walk_tb(trace):
        name = frame.f_code.co_filename
        if name.startswith(base) and "site-packages" not in name and "/.venv/" not in name:
            place = f"{name.removeprefix(base)} in {frame.f_code.co_name}"
    return place
