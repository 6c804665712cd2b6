"""Counts every statement; writes a line for each that takes too long, with its page, and keeps a list of them."""

import hashlib
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from apps.core import context
from apps.core.failures.writer import writer
from apps.core.metrics import recording

logger = logging.getLogger(__name__)

# This module is loaded before there are models; ``apps.core`` says where slow statements go once there are.
Sink = Callable[[str, str, float, context.Context, datetime], object]
_sinks: list[Sink] = []

SHOWN = 1000
_COMMENT = re.compile(r"\s*/\*.*?\*/\s*$", re.DOTALL)
_LISTS = re.compile(r"\(\s*%s(?:\s*,\s*%s)+\s*\)")
_SAVEPOINTS = re.compile(r'"s\d+_x\d+"')  # each has a name of its own
_LITERALS = re.compile(r"'(?:[^']|'')*'")


def send_to(sink: Sink) -> None:
    """Have slow statements written by ``sink`` from now on."""
    _sinks[:] = [sink]


def _execute(execute: Callable[..., Any], sql: Any, params: Any, many: bool, more: Any) -> Any:
    began = time.perf_counter()
    try:
        return execute(sql, params, many, more)
    finally:
        seconds = time.perf_counter() - began
        ms = seconds * 1000
        slow = ms >= settings.SLOW_QUERY_MS
        recording.query(seconds, slow=slow)
        if slow:
            # Without its parameters, which are people's data. Route and request come from the context.
            logger.warning("Slow query: %s", str(sql)[:SHOWN], extra={"ms": round(ms, 1)})
            if settings.FAILURE_LIST and _sinks:
                _note(str(sql), ms)


def _note(sql: str, ms: float) -> None:
    known = replace(context.current())
    statement = plain(sql)
    fingerprint = hashlib.sha256(f"{known.route}\x00{statement}".encode()).hexdigest()
    writer.put(partial(_sinks[0], fingerprint, statement[:SHOWN], round(ms, 1), known, timezone.now()))


def plain(sql: str) -> str:
    """Return a statement as all like it read: without comment, values and names of savepoints, any list as one."""
    steady = _SAVEPOINTS.sub('"…"', _LISTS.sub("(%s, …)", _COMMENT.sub("", sql)))
    return _LITERALS.sub("'…'", steady).replace("\x00", "")


def install(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receive ``connection_created``: time every statement of the connection from then on."""
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)
