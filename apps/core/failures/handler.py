"""Takes errors from the log: what is an error there is a failure here, once, however it was raised."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from django.conf import settings

from apps.core import context
from apps.core.context import Context
from apps.core.failures import grouping
from apps.core.failures.writer import writer

# Logging is set up before there are models; ``apps.core`` says where failures go once there are.
Sink = Callable[[grouping.Failure, Context, datetime], object]
_sinks: list[Sink] = []

# What strangers can cause at will, and is no failure of ours.
_NOT_OURS = ("django.security",)


def send_to(sink: Sink) -> None:
    """Have failures written by ``sink`` from now on."""
    _sinks[:] = [sink]


class FailureHandler(logging.Handler):
    """On the root logger from ERROR on. With Sentry it stays silent: one failure is one event, in one place."""

    def emit(self, record: logging.LogRecord) -> None:
        if not _sinks or not settings.FAILURE_LIST or settings.SENTRY_DSN:
            return
        if record.name.startswith(_NOT_OURS):
            return
        try:
            failure = _described(record)
        except Exception:
            self.handleError(record)
            return
        known = replace(context.current())
        writer.put(partial(_sinks[0], failure, known, datetime.fromtimestamp(record.created, UTC)))


def _described(record: logging.LogRecord) -> grouping.Failure:
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        return grouping.of_exception(error, record.name)
    return grouping.of_message(record.getMessage(), str(record.msg), record.name)
