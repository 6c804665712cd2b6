"""A PostgreSQL that hangs holds a request no longer than its time; work that nobody waits for may take its own."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from apps.core import context
from apps.core.impatience import ImpatientConnection
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
