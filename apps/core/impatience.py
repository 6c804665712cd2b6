"""Connections that wait for PostgreSQL no longer than the request has time.

PostgreSQL's own limits end a statement that takes too long, and none of them helps when the server or the way to it
hangs: psycopg waits for ever then, also when the pool only checks whether a connection still works. So every wait of a
request ends with the request's time, the connection is thrown away, and the visitor is told to come back in a moment.

And while none gets a connection, requests do not queue up to find that out one after the other: with eight threads that
wait for eight seconds each, the ninth visitor would wait for sixteen.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from apps.core import context

SURE_AFTER = 1.0  # seconds in which nobody got a connection: then it is not only this request's bad luck
PAUSE = 1.0  # seconds until one request tries again for all
CHECK_SECONDS = 3.0  # to say whether it still is there, a connection needs no longer


class ImpatientConnection(psycopg.Connection[Any]):
    """What the pool of a web or socket server is made of. Outside of requests it waits as any other."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer. Raises ``OperationalError`` and hangs up when the request's time is over."""
        ends_at = context.current().ends_at
        if ends_at is None:
            return super().wait(gen, interval, timeout)
        left = max(ends_at - time.monotonic(), 0.0)
        try:
            return super().wait(gen, interval, left if timeout is None else min(left, timeout))
        except psycopg.errors._WaitTimeout as error:
            # An answer that comes later would be taken for that of the next statement.
            self.pgconn.finish()
            raise psycopg.OperationalError("PostgreSQL did not answer within the time of the request") from error


class Refusal:
    """Whether requests are refused at once, since none of those before them got a connection. Shared by all threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: float | None = None  # None: nobody is refused
        self._one_tries = False
        self._worked_at = float("-inf")

    @contextlib.contextmanager
    def around(self) -> Iterator[None]:
        """Try to get a connection. Raises ``PoolTimeout`` instead while that is known to be in vain."""
        began = self._clock()
        with self._lock:
            tries_for_all = self._until is not None
            if self._until is not None:
                if self._one_tries or began < self._until:
                    raise PoolTimeout("PostgreSQL did not answer a moment ago")
                self._one_tries = True
        try:
            yield
        except PoolTimeout:
            now = self._clock()
            with self._lock:
                if tries_for_all or (now - began >= SURE_AFTER and self._worked_at < began):
                    self._until = now + PAUSE
            raise
        else:
            with self._lock:
                self._until, self._worked_at = None, self._clock()
        finally:
            if tries_for_all:
                self._one_tries = False


class ImpatientPool(ConnectionPool[ImpatientConnection]):
    """A pool at which a request waits for a connection no longer than it has time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.refusal = Refusal()
        super().__init__(*args, **options)

    @staticmethod
    def check_connection(conn: psycopg.Connection[Any]) -> None:
        """Ask whether a connection of the pool still works. Raises when not, or when it does not say so in time."""
        ends_at = context.current().ends_at
        if ends_at is None:
            ConnectionPool.check_connection(conn)
            return
        with context.bind(ends_at=min(ends_at, time.monotonic() + CHECK_SECONDS)):
            ConnectionPool.check_connection(conn)

    def getconn(self, timeout: float | None = None) -> ImpatientConnection:
        """Return a connection. Raises ``PoolTimeout``, at once while PostgreSQL is known to be away."""
        ends_at = context.current().ends_at
        if ends_at is None:
            return super().getconn(timeout)
        left = max(ends_at - time.monotonic(), 0.0)
        with self.refusal.around():
            return super().getconn(min(left, self.timeout if timeout is None else timeout))
