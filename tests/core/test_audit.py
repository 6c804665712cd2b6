"""The audit trail tells who changed what, and nobody can change the trail."""

import datetime
import decimal
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

from apps.core import audit, context
from apps.core.append_only import VendorSQL, append_only
from apps.core.models import AuditEvent


@pytest.fixture
def rafi(db: None, django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("rafi", "rafi@example.com")


@pytest.fixture
def group(db: None) -> Group:
    return Group.objects.create(name="Store managers")


def test_a_record_says_who_what_from_what_to_what_and_in_which_request(rafi: Any, group: Group) -> None:
    with context.bind(request_id="r-12345678"):
        event = audit.record(
            actor=rafi,
            action="group.renamed",
            target=group,
            old={"name": "Shop", "since": datetime.date(2026, 11, 23), "fee": decimal.Decimal("1.50")},
            new={"name": "Store managers"},
        )
    event.refresh_from_db()
    assert (event.actor_id, event.action, event.request_id) == (rafi.pk, "group.renamed", "r-12345678")
    assert (event.target_type, event.target_id, event.target_label) == ("auth.group", str(group.pk), "Store managers")
    assert event.old == {"name": "Shop", "since": "2026-11-23", "fee": "1.50"}
    assert event.new == {"name": "Store managers"}
    assert abs((datetime.datetime.now(datetime.UTC) - event.at).total_seconds()) < 10


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_the_platform_itself_is_nobody(actor: Any, group: Group) -> None:
    assert audit.record(actor=actor, action="group.renamed", target=group).actor_id is None


def test_people_are_named_by_id_only_so_that_they_can_leave(rafi: Any) -> None:
    event = audit.record(
        actor=rafi, action="user.changed", target=rafi, old={"email": "a@b.example"}, new={"bio": "a@b.cd"}
    )
    assert (event.target_id, event.target_label) == (str(rafi.pk), "")
    assert (event.old, event.new) == ({"email": "[personal]"}, {"bio": "[personal]"})
    assert audit.is_person(type(rafi.profile))
    assert not audit.is_person(Group)


def test_the_record_outlives_the_account(rafi: Any, group: Group) -> None:
    pk = rafi.pk
    audit.record(actor=rafi, action="group.renamed", target=group)
    rafi.delete()
    assert AuditEvent.objects.get().actor_id == pk


@pytest.mark.parametrize("fields", [{"password": "x"}, {"deep": [{"invite_token": "x"}]}, {"API-Key": 1}])
def test_a_secret_is_refused_and_nothing_is_written(group: Group, fields: dict[str, Any]) -> None:
    for side in ("old", "new"):
        with pytest.raises(ValueError, match="is a secret and is not recorded"):
            audit.record(actor=None, action="group.renamed", target=group, **{side: fields})
    assert not AuditEvent.objects.exists()


def test_whether_a_secret_changed_may_be_told(group: Group) -> None:
    assert audit.record(actor=None, action="user.changed", target=group, new={"password_changed": True}).new == {
        "password_changed": True
    }


@pytest.mark.parametrize("action", ["created", "Team.created", "team.created\n", "team created", "team."])
def test_an_action_has_its_form(group: Group, action: str) -> None:
    with pytest.raises(ValueError, match="is not an action"):
        audit.record(actor=None, action=action, target=group)


def test_an_unsaved_target_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="the target is not saved"):
        audit.record(actor=None, action="group.created", target=Group(name="x"))


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_it_refuses() -> None:
    group = Group.objects.create(name="x")
    with pytest.raises(RuntimeError, match="belongs inside the transaction of the change"):
        audit.record(actor=None, action="group.created", target=group)
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_record() -> None:
    with transaction.atomic():
        group = Group.objects.create(name="x")
        audit.record(actor=None, action="group.created", target=group)
        transaction.set_rollback(True)
    assert not Group.objects.exists()
    assert not AuditEvent.objects.exists()


# --- The database refuses ---------------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A SQLite database with all migrations of core."""
    made = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})["default"]
    executor = MigrationExecutor(made)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "core"])
    yield made
    made.close()


def insert(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditevent (at, action, target_type, target_id, target_label, old, new, request_id) "
            "VALUES ('2026-11-23 00:00:00Z', 'team.created', 'teams.team', '1', 'DWX', '{}', '{}', '')"
        )


def refused(database: BaseDatabaseWrapper, statement: str) -> str:
    with pytest.raises(IntegrityError) as raised, transaction_of(database), database.cursor() as cursor:
        cursor.execute(statement)
    return str(raised.value).splitlines()[0]


def transaction_of(database: BaseDatabaseWrapper) -> Any:
    return transaction.atomic() if database is connection else database.cursor()


def labels(database: BaseDatabaseWrapper) -> list[str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT target_label FROM core_auditevent")
        return [row[0] for row in cursor.fetchall()]


def test_postgresql_refuses_to_change_to_delete_and_to_empty(db: None) -> None:
    insert(connection)
    assert refused(connection, "UPDATE core_auditevent SET target_label = 'x'") == (
        "core_auditevent is append-only: UPDATE refused"
    )
    assert refused(connection, "DELETE FROM core_auditevent") == "core_auditevent is append-only: DELETE refused"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL deltacrown.allow_truncate = off")
    assert refused(connection, "TRUNCATE core_auditevent") == "core_auditevent is append-only: TRUNCATE refused"
    assert labels(connection) == ["DWX"]


def test_a_test_run_may_empty_the_table_and_still_not_change_it(db: None) -> None:
    insert(connection)
    with connection.cursor() as cursor:
        cursor.execute("SHOW deltacrown.allow_truncate")
        assert cursor.fetchone() == ("on",)
    assert refused(connection, "DELETE FROM core_auditevent") == "core_auditevent is append-only: DELETE refused"
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_auditevent")
    assert labels(connection) == []


def test_sqlite_refuses_to_change_and_to_delete(sqlite: BaseDatabaseWrapper) -> None:
    insert(sqlite)
    assert refused(sqlite, "UPDATE core_auditevent SET target_label = 'x'") == (
        "core_auditevent is append-only: UPDATE refused"
    )
    assert refused(sqlite, "DELETE FROM core_auditevent") == "core_auditevent is append-only: DELETE refused"
    assert refused(sqlite, "REPLACE INTO core_auditevent SELECT * FROM core_auditevent") == (
        "core_auditevent is append-only: REPLACE refused"
    )
    assert labels(sqlite) == ["DWX"]


def test_the_orm_s_ways_are_refused_too(group: Group) -> None:
    event = audit.record(actor=None, action="group.created", target=group)
    event.target_label = "x"
    for change in (event.save, event.delete, AuditEvent.objects.all().delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert labels(connection) == ["Store managers"]


def test_the_protection_can_be_taken_back_by_its_migration(db: None, sqlite: BaseDatabaseWrapper) -> None:
    for database in (connection, sqlite):
        insert(database)
        with database.schema_editor() as editor:
            for operation in reversed(append_only("core_auditevent")):
                operation.database_backwards("core", editor, None, None)
        with database.cursor() as cursor:
            cursor.execute("DELETE FROM core_auditevent")
        assert labels(database) == []


def test_sql_for_another_kind_of_database_does_nothing(db: None) -> None:
    broken = VendorSQL(vendor="oracle", sql=["BROKEN"], reverse_sql=["BROKEN"])
    with connection.schema_editor() as editor:
        broken.database_forwards("core", editor, None, None)
        broken.database_backwards("core", editor, None, None)
    meant = VendorSQL(vendor="postgresql", sql=["BROKEN"], reverse_sql=[])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.schema_editor() as editor:
        meant.database_forwards("core", editor, None, None)
