"""Connections that wait for PostgreSQL no longer than the request has time.

PostgreSQL's own limits end a statement that takes too long, and none of them helps when the server or the way to it
hangs: psycopg waits for ever then, also when the pool only checks whether a connection still works. So every wait of a
request ends with the request's time, the connection is thrown away, and the visitor is told to come back in a moment.
"""

import time
from typing import Any

import psycopg

from apps.core import context


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
