"""Applies migrations under visitors: none of them waits for a lock so long that everybody queues behind it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection

logger = logging.getLogger(__name__)

LOCK_SECONDS = 3
STATEMENT_SECONDS = 120
ATTEMPTS = 6
PAUSE_SECONDS = 5.0
LOCK_NOT_AVAILABLE = "55P03"
ADVISORY = 0x6D696772  # "migr"; a lock of this database


class LockNotFree(Exception):
    """Somebody held a table, or migrated, through all attempts. What was applied is noted as applied."""


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
        LockNotFree: After ``attempts``; also when another process migrates, as that of a deployment that was killed.
        OperationalError: A statement took longer than ``statement_seconds``, or the server is away.
    """
    _use_timeouts(lock_seconds, statement_seconds)
    with _alone(attempts, told):
        _apply(attempts, told)


def _apply(attempts: int, told: Callable[[str], None]) -> None:
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


@contextmanager
def _alone(attempts: int, told: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock of the database that the server frees when this process dies. Only PostgreSQL has such locks."""
    if connection.vendor != "postgresql":
        yield
        return
    line = connection.copy()  # the other one is closed between two attempts
    try:
        for attempt in range(1, attempts + 1):
            with line.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY])
                if cursor.fetchone() == (True,):
                    break
            if attempt == attempts:
                raise LockNotFree(f"Another process migrated through {attempts} looks. Try again when it has ended.")
            told(f"another process migrates; look {attempt + 1} of {attempts} in {PAUSE_SECONDS:.0f} s")
            threading.Event().wait(PAUSE_SECONDS)
        yield
    finally:
        # By word: closing the connection frees it too, but only when the server comes to notice.
        with suppress(DatabaseError), line.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])
        line.close()


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
