"""A PostgreSQL that hangs holds a request no longer than its time; work that nobody waits for may take its own."""

import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg_pool import PoolTimeout

from apps.core import context, impatience
from apps.core.impatience import PAUSE, SURE_AFTER, ImpatientConnection, ImpatientPool, Refusal
from apps.core.middleware.context import RequestContextMiddleware

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server that could hang"),
]


@pytest.fixture
def line() -> Iterator[ImpatientConnection]:
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("host", "port", "dbname", "user", "password") if given.get(name)}
    made = ImpatientConnection.connect(**named, autocommit=True)
    yield made
    made.close()


def test_an_answer_in_time_is_an_answer(line: ImpatientConnection) -> None:
    with context.bind(ends_at=time.monotonic() + 60):
        assert line.execute("SELECT 1").fetchone() == (1,)


def test_a_request_gives_up_when_its_time_is_over_and_hangs_up(line: ImpatientConnection) -> None:
    with (
        context.bind(ends_at=time.monotonic() + 0.3),
        pytest.raises(psycopg.OperationalError, match="within the time of the request"),
    ):
        line.execute("SELECT pg_sleep(60)")
    assert line.closed


def test_a_request_whose_time_is_over_asks_nothing_more(line: ImpatientConnection) -> None:
    with context.bind(ends_at=time.monotonic() - 1), pytest.raises(psycopg.OperationalError):
        line.execute("SELECT pg_sleep(60)")


def test_outside_of_requests_a_statement_takes_its_time(line: ImpatientConnection) -> None:
    assert context.current().ends_at is None
    assert line.execute("SELECT pg_sleep(0.1), 2").fetchone() == ("", 2)


@pytest.fixture
def nobody() -> Iterator[socket.socket]:
    """A server that takes every line and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def pool(nobody: socket.socket) -> Iterator[ImpatientPool]:
    kwargs = {"host": "127.0.0.1", "port": nobody.getsockname()[1], "connect_timeout": 2}
    made = ImpatientPool(
        kwargs=kwargs, connection_class=ImpatientConnection, min_size=0, max_size=2, timeout=60, open=True
    )
    yield made
    made.close(timeout=0)


def test_a_request_waits_for_a_connection_no_longer_than_it_has_time(pool: ImpatientPool) -> None:
    began = time.monotonic()
    with context.bind(ends_at=began + 0.3), pytest.raises(PoolTimeout):
        pool.getconn()
    assert time.monotonic() - began < pool.timeout / 2


def test_a_connection_that_does_not_say_that_it_lives_is_given_up(monkeypatch: Any) -> None:
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("dbname", "user", "password") if given.get(name)}
    broken = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as way:
        threading.Thread(target=carry, args=(way, (given["host"], int(given["port"])), broken), daemon=True).start()
        line = ImpatientConnection.connect(**named, host="127.0.0.1", port=way.getsockname()[1], autocommit=True)
        ImpatientPool.check_connection(line)
        broken.set()
        monkeypatch.setattr(impatience, "CHECK_SECONDS", 0.1)
        with context.bind(ends_at=time.monotonic() + 60), pytest.raises(psycopg.OperationalError):
            ImpatientPool.check_connection(line)
        assert line.closed


def carry(way: socket.socket, server: tuple[str, int], broken: threading.Event) -> None:
    """Carry one connection's bytes between a client and a server until the way is broken; then say nothing."""
    client, _ = way.accept()
    with client, socket.create_connection(server) as there, selectors.DefaultSelector() as waiting:
        other = {client: there, there: client}
        for end in other:
            waiting.register(end, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                data = key.fileobj.recv(65536)
                if not data:
                    return
                if not broken.is_set():
                    other[key.fileobj].sendall(data)


def test_after_one_waited_in_vain_those_behind_it_are_refused_at_once(pool: ImpatientPool) -> None:
    with context.bind(ends_at=time.monotonic() + SURE_AFTER + 0.1), pytest.raises(PoolTimeout, match="after"):
        pool.getconn()
    with context.bind(ends_at=time.monotonic() + 60), pytest.raises(PoolTimeout, match="a moment ago"):
        pool.getconn()


class Line:
    """Requests that want a connection, at a clock of their own. One is ``free``, or there is none after a wait."""

    def __init__(self) -> None:
        self.now = 100.0
        self.refusal = Refusal(lambda: self.now)

    def get(self, *, free: bool, meanwhile: Callable[[], None] | None = None) -> None:
        with self.refusal.around():
            if meanwhile:
                meanwhile()
            if not free:
                self.now += SURE_AFTER
                raise PoolTimeout("after a wait")

    def get_in_vain(self, told: str, **more: Any) -> None:
        with pytest.raises(PoolTimeout, match=told):
            self.get(free=False, **more)


def test_one_tries_for_all_and_when_it_succeeds_all_may() -> None:
    line = Line()
    line.get_in_vain("after a wait")
    line.get_in_vain("a moment ago")
    line.now += PAUSE
    line.get(free=True, meanwhile=lambda: line.get_in_vain("a moment ago"))
    line.get(free=True)
    line.get_in_vain("after a wait")


def test_one_that_tries_for_all_in_vain_has_the_others_refused_for_longer() -> None:
    line = Line()
    for _ in range(3):
        line.get_in_vain("after a wait")
        line.get_in_vain("a moment ago")
        line.now += PAUSE
    line.get(free=True)


def test_a_pool_that_is_only_busy_refuses_nobody() -> None:
    line = Line()
    line.get_in_vain("after a wait", meanwhile=lambda: line.get(free=True))  # somebody else got one meanwhile
    line.get(free=True)


def test_every_request_has_an_end_and_what_it_starts_afterwards_has_none(settings: Any) -> None:
    settings.REQUEST_SECONDS = 8
    ends: list[float | None] = []

    def view(request: HttpRequest) -> HttpResponse:
        ends.append(context.current().ends_at)
        return HttpResponse()

    before = time.monotonic()
    RequestContextMiddleware(view)(RequestFactory().get("/"))
    assert ends[0] is not None
    assert ends[0] >= before + 8
    assert context.current().ends_at is None
