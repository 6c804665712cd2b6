"""Counts every statement, and writes a line for each that takes too long, with the page that asked for it."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from apps.core.metrics import recording

logger = logging.getLogger(__name__)

SHOWN = 1000


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


def install(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receive ``connection_created``: time every statement of the connection from then on."""
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)
