"""Applies migrations under visitors: none of them waits for a lock so long that everybody queues behind it."""

import logging
import threading
from collections.abc import Callable

from django.core.management import call_command
from django.db import OperationalError, connection

logger = logging.getLogger(__name__)

LOCK_SECONDS = 3
STATEMENT_SECONDS = 120
ATTEMPTS = 6
PAUSE_SECONDS = 5.0
LOCK_NOT_AVAILABLE = "55P03"


class LockNotFree(Exception):
    """Somebody held a table through all attempts. Nothing is half done: what was applied is noted as applied."""


def apply(
    *,
    lock_seconds: float = LOCK_SECONDS,
    statement_seconds: float = STATEMENT_SECONDS,
    attempts: int = ATTEMPTS,
    told: Callable[[str], None] = lambda text: None,
) -> None:
    """Apply everything that is missing.

    A statement that doesn't get its lock within ``lock_seconds`` gives up, so that requests go on, and is tried again.

    Raises:
        LockNotFree: after ``attempts``.
        OperationalError: A statement took longer than ``statement_seconds``, or the server is away.
    """
    _use_timeouts(lock_seconds, statement_seconds)
    for attempt in range(1, attempts + 1):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            if attempt == attempts:
                raise LockNotFree(f"A table was held by others through {attempts} attempts: {error}".strip()) from error
            told(f"a table is held by others; attempt {attempt + 1} of {attempts} in {PAUSE_SECONDS:.0f} s")
            connection.close()
            threading.Event().wait(PAUSE_SECONDS)
        else:
            return


def _use_timeouts(lock_seconds: float, statement_seconds: float) -> None:
    """Connect with timeouts of our own, without the pool: these connections serve nobody else."""
    if connection.vendor != "postgresql":
        return
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options.pop("pool", None)
    options["options"] = (
        f"-c lock_timeout={int(lock_seconds * 1000)} -c statement_timeout={int(statement_seconds * 1000)} "
        "-c idle_in_transaction_session_timeout=0"
    )
