"""Which failures are one: the same error from the same line of ours."""

import hashlib
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from django.conf import settings

from apps.core.logging.formatting import one_line
from apps.core.scrubbing import scrub_text

TRACE_MAX = 20_000
_CHANGING = re.compile(r"0x[0-9a-f]+|\d+|'[^']*'|\"[^\"]*\"", re.IGNORECASE)
# An error quotes what it was given. A plain word is the name of something; anything else may be somebody's.
_QUOTED = re.compile(r"""(['"])(?![A-Za-z_.]{0,60}\1)(?:\\.|(?!\1).)*\1""", re.DOTALL)
_HIDDEN = "'[…]'"


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
    trace = "".join(_without_values(part) for part in traceback.TracebackException.from_exception(error).format())
    return Failure(
        _fingerprint(kind, place or source),
        kind[:200],
        one_line(scrub_text(_without_quotes(str(error))))[:500],
        place[:300],
        scrub_text(trace)[-TRACE_MAX:].replace("\x00", ""),
        source[:200],
    )


def of_message(text: str, template: str, source: str) -> Failure:
    """Describe an error line without an exception. Lines of one template are one failure."""
    steady = _CHANGING.sub("…", template)
    return Failure(
        _fingerprint(source, steady), "logged", one_line(scrub_text(_without_quotes(text)))[:500], "", "", source[:200]
    )


def _without_values(part: str) -> str:
    """Hide what an error's own words quote. Lines of source, which are indented, are ours and stay."""
    return part if part.startswith("  ") else _without_quotes(part)


def _without_quotes(text: str) -> str:
    return _QUOTED.sub(_HIDDEN, text)


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
