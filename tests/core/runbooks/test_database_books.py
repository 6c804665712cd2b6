"""Connections that are held for nothing are named and ended, and nothing else is."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from apps.core.runbooks import CannotLook, Diagnosis, Level, Look, activity, budget, registry, running
from apps.core.runbooks.books import database_connections, database_down, slow_queries, slow_requests
from apps.core.runbooks.running import HEALTHY, WRONG
from tests.core.test_health import closed_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> Iterator[Any]:
    """Open sessions beside our own; all are closed afterwards."""
    opened: list[psycopg.Connection[Any]] = []

    def open_one(name: str) -> psycopg.Connection[Any]:
        given = connection.get_connection_params()
        named = {key: given[key] for key in ("host", "port", "dbname", "user", "password") if given.get(key)}
        opened.append(psycopg.connect(**named, application_name=name))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture(autouse=True)
def evidence(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path


def looked(slug: str, **how: Any) -> Diagnosis:
    return running.diagnose(registry.named(slug), Look(**how))


def test_a_transaction_that_does_nothing_is_ended_and_one_at_rest_is_not(session: Any) -> None:
    leak, idle = session("leaky program"), session("good program")
    leak.execute("SELECT 1")  # opens a transaction and leaves it
    idle.autocommit = True
    idle.execute("SELECT 1")
    found = looked("database-connections", older_than=0)
    assert "1 transactions are open and do nothing" in found.cause
    assert any("leaky program, idle in transaction" in finding.text for finding in found.findings)
    outcome = running.run(registry.named("database-connections"), Look(older_than=0), fix=True)
    assert outcome.status == HEALTHY
    assert outcome.done == [f"Session {leak.info.backend_pid}: ended."]
    with pytest.raises(psycopg.OperationalError):
        leak.execute("SELECT 1")
    assert idle.execute("SELECT 2").fetchone() == (2,)


def test_a_transaction_that_went_on_meanwhile_is_left_alone(session: Any) -> None:
    busy = session("a program")
    busy.execute("SELECT 1")
    [remedy] = looked("database-connections", older_than=0).remedies
    busy.execute("SELECT 2")
    assert remedy.act() == f"Session {busy.info.backend_pid} does something else by now, and was left alone."
    assert busy.execute("SELECT 3").fetchone() == (3,)


def test_a_young_transaction_is_no_fault(session: Any) -> None:
    session("a program").execute("SELECT 1")
    found = looked("database-connections", older_than=3600)
    assert found.remedies == []
    assert any(finding.text.startswith("No transaction waits longer than 1.0 h") for finding in found.findings)


def test_when_all_places_are_taken_sleepers_make_room_and_only_as_many_as_needed(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        line = session(f"sleeper {number}")
        line.autocommit = True
        line.execute("SELECT 1")
    monkeypatch.setattr(database_connections, "FULL", 1)
    found = looked("database-connections", older_than=0)
    assert found.level == Level.WRONG
    assert any("sessions have slept" in finding.text for finding in found.findings)
    assert all("asleep" in remedy.does for remedy in found.remedies)
    assert any("max_connections last" in line for line in found.advice)


def test_postgresql_that_is_away_is_told_in_words_and_nothing_is_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", closed_port())
    found = looked("database-down")
    assert found.cause == "Nothing listens where DB_HOST and DB_PORT point: PostgreSQL is not running there."
    assert "Do not restore for an outage" in found.advice[-1]
    assert running.run(registry.named("database-down"), Look(), fix=False).status == WRONG


def test_a_site_whose_own_role_finds_no_place_is_down_also_when_a_superuser_finds_one(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DB_ADMIN_USER = connection.settings_dict["USER"]
    settings.DB_ADMIN_PASSWORD = connection.settings_dict["PASSWORD"]
    monkeypatch.setattr(activity, "in_words", lambda error: "PostgreSQL runs, but all its connections are taken.")
    monkeypatch.setitem(connection.settings_dict, "USER", "refused")
    found = looked("database-down")
    assert found.cause == "PostgreSQL runs, but all its connections are taken."
    assert "manage.py runbook database-connections --fix" in found.advice


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("FATAL: sorry, too many clients already", "PostgreSQL runs, but all its connections are taken."),
        ("FATAL: remaining connection slots are reserved", "all connections that are not reserved are taken"),
        ('password authentication failed for user "canary"', "PostgreSQL refuses the password in DB_PASSWORD."),
        ('database "canary" does not exist', "the database or the role does not exist"),
        ("the database system is starting up", "it recovers from a crash and opens by itself"),
        ("connection timeout expired", "accepts no connection within three seconds"),
        ("something with canary", "PostgreSQL does not answer: OperationalError."),
    ],
)
def test_each_refusal_has_its_own_words_and_quotes_nothing(said: str, told: str) -> None:
    sentence = activity.in_words(psycopg.OperationalError(said))
    assert told in sentence
    assert "canary" not in sentence


def test_who_holds_a_lock_that_others_wait_for_is_named_and_ended(session: Any) -> None:
    holder, waiter = session("holder"), session("waiter")
    holder.execute("LOCK TABLE core_heartbeat IN ACCESS EXCLUSIVE MODE")
    waiter.execute("SET lock_timeout = '20s'")
    waiter.pgconn.send_query(b"SELECT count(*) FROM core_heartbeat")
    found = Diagnosis()
    for _ in range(200):
        found = looked("slow-requests", older_than=0)
        if found.remedies:
            break
    assert f"session {holder.info.backend_pid} holds (idle in transaction, holder)" in found.cause
    [remedy] = found.remedies
    assert remedy.act() == f"Session {holder.info.backend_pid}: ended."


def test_slow_requests_without_a_database_leads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise CannotLook("PostgreSQL does not answer.")

    monkeypatch.setattr(slow_requests.activity, "ask", away)
    found = looked("slow-requests")
    assert found.level == Level.UNKNOWN
    assert "manage.py runbook database-down" in found.advice


def test_a_table_that_the_planner_does_not_know_is_analyzed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_queries.activity, "ask", lambda *args: [{"name": "core_job", "rows": 1, "changed": 20000}])
    found = looked("slow-queries")
    assert found.cause == "Table core_job has 20000 changes that the planner does not know of."
    assert found.remedies[0].act() == "Analyzed core_job."


def test_the_budget_says_whether_the_processes_could_take_more_than_there_is() -> None:
    assert budget.told(allowed=1000).fits
    told = budget.Budget(most=96, allowed=97, sentence="")
    assert not told.fits  # five stay free for a backup and a person


def test_the_answering_database_is_well() -> None:
    found = looked("database-down")
    assert (found.level, database_down.RUNBOOK.alerts) == (Level.OK, ("DatabaseDown",))
