"""A statement that takes too long is written down with its page, and without the values it asked for."""

import logging
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from apps.core import context, slow_queries

pytestmark = pytest.mark.django_db


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == slow_queries.__name__]


def test_a_slow_statement_is_written_without_its_values(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SLOW_QUERY_MS = 50
    with context.bind(route="teams:team_detail"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s), %s", [0.06, "canary"])
    assert lines(caplog) == ["Slow query: SELECT pg_sleep(%s), %s"]
    record = caplog.records[-1]
    assert record.levelno == logging.WARNING
    assert 60 <= record.__dict__["ms"] < 5000
    assert "canary" not in caplog.text


def test_a_quick_one_is_not(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SLOW_QUERY_MS = 5000
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert lines(caplog) == []


def test_one_that_fails_slowly_is_written_too(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SLOW_QUERY_MS = 0
    with pytest.raises(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert "Slow query: SELECT 1 / 0" in lines(caplog)


def test_the_manual_s_limit_is_half_a_second(settings: Any) -> None:
    assert settings.SLOW_QUERY_MS == 500
    assert connection.execute_wrappers.count(slow_queries._execute) == 1


def test_what_differs_by_values_or_by_the_name_of_a_savepoint_is_one_statement() -> None:
    assert slow_queries.plain('SAVEPOINT "s140622419805888_x585"') == 'SAVEPOINT "…"'
    assert slow_queries.plain("SELECT 1 WHERE a IN (%s, %s, %s) AND b = 'x' /* route='home' */") == (
        "SELECT 1 WHERE a IN (%s, …) AND b = '…'"
    )
