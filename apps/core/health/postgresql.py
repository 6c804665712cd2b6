"""Asks PostgreSQL one question with a deadline that holds everywhere: while connecting, while asking, while hanging up.

psycopg's own connect waits two seconds at least, its queries wait for ever, and a connection that timed out stays open
until the garbage collector comes by. So this speaks to libpq, without blocking.
"""

import selectors
import time

from django.db import connection as site
from psycopg import OperationalError, pq
from psycopg.conninfo import make_conninfo
from psycopg.pq.abc import PGconn

_READ, _WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
_NAMED = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "service", "options")


def conninfo(**instead: str) -> str:
    """Return how this site connects, with ``instead`` in place of its own words."""
    given = site.get_connection_params()
    return make_conninfo(**{name: given[name] for name in _NAMED if given.get(name)} | instead)


def ask(conninfo: str, sql: str, timeout: float) -> list[tuple[str, ...]]:
    """Return the rows of ``sql``, as texts.

    Raises:
        TimeoutError: after ``timeout`` seconds; the connection is closed then.
        OperationalError: when the server refuses. Its text names no address.
    """
    until = time.monotonic() + timeout
    connection = pq.PGconn.connect_start(conninfo.encode())
    try:
        _connect(connection, until)
        return _query(connection, sql, until)
    finally:
        connection.finish()


def _connect(connection: PGconn, until: float) -> None:
    if connection.status == pq.ConnStatus.BAD:
        raise OperationalError("cannot connect")
    direction = _WRITE
    while True:
        _wait(connection, direction, until)
        state = connection.connect_poll()
        if state == pq.PollingStatus.OK:
            return
        if state == pq.PollingStatus.FAILED:
            raise OperationalError("cannot connect")
        direction = _READ if state == pq.PollingStatus.READING else _WRITE


def _query(connection: PGconn, sql: str, until: float) -> list[tuple[str, ...]]:
    connection.nonblocking = 1
    connection.send_query(sql.encode())
    while connection.flush():
        _wait(connection, _READ | _WRITE, until)
        connection.consume_input()
    rows: list[tuple[str, ...]] = []
    while True:
        while connection.is_busy():
            _wait(connection, _READ, until)
            connection.consume_input()
        result = connection.get_result()
        if result is None:
            return rows
        if result.status != pq.ExecStatus.TUPLES_OK:
            raise OperationalError("refuses the query")
        for row in range(result.ntuples):
            rows.append(tuple((result.get_value(row, column) or b"").decode() for column in range(result.nfields)))


def _wait(connection: PGconn, direction: int, until: float) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(connection.socket, direction)
        if not selector.select(max(0.0, until - time.monotonic())):
            raise TimeoutError
