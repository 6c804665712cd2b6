"""Turns a log record into one line: the message, what the context knows, nothing forged, nothing private."""

import json
import logging
import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import structlog
from structlog.types import EventDict, Processor

from apps.core import context
from apps.core.scrubbing import scrub, scrub_named, scrub_trace

TEXT_LIMIT = 8_000
TRACE_LIMIT = 32_000

# Line breaks of all kinds, terminal escapes, and the characters that turn the direction of writing: what could make
# one line look like two, or like another one.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CONTROL_IN_TRACE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """The formatter of all handlers."""

    def __init__(self, form: Literal["json", "readable"]) -> None:
        shared: list[Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_context,
        ]
        render: list[Processor] = [clean, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
        super().__init__(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), without_request, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                *(render if form == "json" else [clean, readable]),
            ],
        )
        # Who prefers structlog's own loggers gets the same lines.
        structlog.configure(
            processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
            logger_factory=structlog.stdlib.LoggerFactory(),
            wrapper_class=structlog.stdlib.BoundLogger,
        )

    def format(self, record: logging.LogRecord) -> str:
        try:
            return super().format(_with_message(record))
        except Exception as error:
            told = {"level": record.levelname.lower(), "logger": record.name, "pid": os.getpid()}
            told["event"] = f"A line of {record.module}:{record.lineno} could not be written: {type(error).__name__}"
            return json.dumps(told)


def _with_message(record: logging.LogRecord) -> logging.LogRecord:
    """Fill in the arguments, scrubbed by their names as long as they have some."""
    if isinstance(record.msg, Mapping):  # from structlog: it has no arguments
        return record
    record = logging.makeLogRecord(record.__dict__)
    # What the standard formatter of another handler left behind would come back as a field, unscrubbed.
    record.__dict__.pop("message", None)
    try:
        record.args = scrub(record.args)
        record.msg = record.getMessage()
    except Exception:
        record.msg = f"{record.msg} (its arguments do not fit)"
    record.args = ()
    return record


def add_context(logger: Any, name: str, event: EventDict) -> EventDict:
    """Add the process and what the context knows. What the caller said explicitly wins."""
    known = context.current()
    event.setdefault("pid", os.getpid())
    for member, value in (
        ("request_id", known.request_id),
        ("user_id", known.user_id),
        ("task_id", known.task_id),
        ("route", known.route),
    ):
        if value:
            event.setdefault(member, value)
    return event


def without_request(logger: Any, name: str, event: EventDict) -> EventDict:
    """Django hands the request along and writes its path, which may hold a reset token: the route says enough."""
    request = event.pop("request", None)
    path = getattr(request, "path", "")
    match = getattr(request, "resolver_match", None)
    if path and match is not None:
        event["event"] = str(event["event"]).replace(path, match.view_name)
    return event


def clean(logger: Any, name: str, event: EventDict) -> EventDict:
    """Make every field printable data without secrets, without control characters, of bounded length."""
    return {
        _escape(str(field), TEXT_LIMIT): _trace(value) if field == "exception" else _plain(scrub_named(field, value))
        for field, value in event.items()
    }


def readable(logger: Any, name: str, event: EventDict) -> str:
    """Render for people: time, level, logger, message, the rest as ``name=value``, then the trace, indented."""
    at, level, source = event.pop("timestamp"), event.pop("level"), event.pop("logger")
    message, trace = event.pop("event"), event.pop("exception", None)
    event.pop("pid", None)
    rest = "".join(f" {field}={value}" for field, value in event.items())
    line = f"{at[11:19]} {level.upper():<8} {source}: {message}{rest}"
    return line if trace is None else line + "\n    " + trace.replace("\n", "\n    ")


def _trace(value: Any) -> str:
    text = str(value)
    if len(text) > TRACE_LIMIT:
        text = f"{text[: TRACE_LIMIT // 2]}\n[…]\n{text[-TRACE_LIMIT // 2 :]}"
    return _CONTROL_IN_TRACE.sub(_as_escape, scrub_trace(text))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {_escape(str(name), TEXT_LIMIT): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    # Other objects turn into text only now, so their text has to be scrubbed here.
    return _escape(value if isinstance(value, str) else str(scrub(str(value))), TEXT_LIMIT)


def one_line(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return ``text`` as it may stand in one line: line breaks and control characters as escapes."""
    return _escape(text, limit)


def _escape(text: str, limit: int) -> str:
    if len(text) > limit:
        text = f"{text[:limit]}[…]"
    return _CONTROL.sub(_as_escape, text)


def _as_escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()
