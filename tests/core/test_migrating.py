"""A migration that waits for a table gives up before everybody queues behind it, and is tried again."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.utils import OperationalError

from apps.core.releases import migrating

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Somebody else's connection, with a transaction that reads a table."""
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("host", "port", "dbname", "user", "password") if given.get(name)}
    with psycopg.connect(**named) as line:
        line.execute("SELECT count(*) FROM core_heartbeat")
        yield line


@pytest.fixture
def own_settings() -> Iterator[None]:
    """Put the connection's settings back: applying changes them for its process, which usually ends after it."""
    before = dict(connection.settings_dict["OPTIONS"])
    yield
    connection.close()
    connections["default"].settings_dict["OPTIONS"] = before


def altering(calls: list[int]) -> Any:
    def migrate(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_heartbeat ADD COLUMN IF NOT EXISTS for_a_moment integer")
            cursor.execute("ALTER TABLE core_heartbeat DROP COLUMN for_a_moment")

    return migrate


def test_a_held_table_is_tried_again_and_then_given_up(
    other: psycopg.Connection, own_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    told: list[str] = []
    monkeypatch.setattr(migrating, "call_command", altering(calls))
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0)
    with pytest.raises(migrating.LockNotFree, match="held by others through 3 attempts"):
        migrating.apply(lock_seconds=0.1, attempts=3, told=told.append)
    assert len(calls) == 3
    assert len(told) == 2


def test_it_goes_through_once_the_table_is_free(
    other: psycopg.Connection, own_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(migrating, "call_command", altering(calls))
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0)
    migrating.apply(lock_seconds=0.1, attempts=3, told=lambda _: other.rollback())
    assert len(calls) == 2


def test_a_slow_statement_is_stopped_and_not_tried_again(own_settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def slow(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(migrating, "call_command", slow)
    with pytest.raises(OperationalError, match="statement timeout"):
        migrating.apply(statement_seconds=0.1)
    assert calls == [1]


def test_whoever_migrates_is_waited_for_and_then_left_alone(
    other: psycopg.Connection, own_settings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    told: list[str] = []
    monkeypatch.setattr(migrating, "call_command", lambda *_, **__: calls.append(1))
    monkeypatch.setattr(migrating, "PAUSE_SECONDS", 0)
    other.execute("SELECT pg_advisory_lock(%s)", [migrating.ADVISORY])
    with pytest.raises(migrating.LockNotFree, match="Another process migrated through 3 looks"):
        migrating.apply(attempts=3, told=told.append)
    assert (calls, len(told)) == ([], 2)
    migrating.apply(attempts=3, told=lambda _: other.execute("SELECT pg_advisory_unlock(%s)", [migrating.ADVISORY]))
    assert calls == [1]
    [free] = other.execute("SELECT pg_try_advisory_lock(%s)", [migrating.ADVISORY]).fetchone() or [False]
    assert free


def test_the_command_says_what_stopped_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.management import call_command

    def refuse(**_: Any) -> None:
        raise migrating.LockNotFree("A table was held.")

    monkeypatch.setattr(migrating, "apply", refuse)
    with pytest.raises(CommandError, match=r"Migrations stopped: A table was held\."):
        call_command("migrate_release")
