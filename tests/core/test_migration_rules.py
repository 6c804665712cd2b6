"""What the serving release could not live with is refused before anything is touched."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor

from apps.core.releases import migration_rules

pytestmark = pytest.mark.django_db

TABLE = "heartbeat"


@pytest.fixture(scope="module")
def executor(django_db_setup: None, django_db_blocker: Any) -> MigrationExecutor:
    with django_db_blocker.unblock():
        return MigrationExecutor(connection)


def faults(executor: MigrationExecutor, *operations: Any, contracting: bool = False) -> list[str]:
    """Return what is found in a migration of ``core`` with these operations."""
    migration = migrations.Migration("9999_next", "core")
    migration.operations = list(operations)
    if contracting:
        migration.contracting = True  # type: ignore[attr-defined]  # what a migration says of itself
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]  # as the rules do
    return list(migration_rules._faults(migration, state, set()))


def database_only(*operations: Any) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(database_operations=list(operations))


HARMLESS = [
    migrations.AddField(TABLE, "note", models.CharField(max_length=20, null=True)),
    migrations.AddField(TABLE, "count", models.IntegerField(db_default=0)),
    migrations.AlterField(TABLE, "kind", models.CharField(max_length=40)),
    migrations.AddIndex(TABLE, models.Index(fields=["kind"], name="core_heartbeat_next")),
    migrations.RunPython(migrations.RunPython.noop),
    migrations.RunSQL("UPDATE core_heartbeat SET kind = 'worker'"),
    migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField(TABLE, "host")]),
]


@pytest.mark.parametrize("operation", HARMLESS, ids=lambda operation: operation.describe()[:40])
def test_what_only_adds_is_let_through(executor: MigrationExecutor, operation: Any) -> None:
    assert faults(executor, operation) == []


BREAKING = [
    (migrations.RemoveField(TABLE, "host"), "removes core.heartbeat.host"),
    (migrations.DeleteModel(TABLE), "removes core.heartbeat"),
    (migrations.RenameField(TABLE, "host", "machine"), "renames in core.heartbeat"),
    (migrations.RenameModel(TABLE, "Pulse"), "renames in core"),
    (migrations.AddField(TABLE, "count", models.IntegerField(default=0)), "has no db_default"),
    (migrations.AlterField(TABLE, "kind", models.CharField(max_length=5)), "from varchar(20) to varchar(5)"),
    (migrations.AlterField(TABLE, "kind", models.IntegerField()), "from varchar(20) to integer"),
    (migrations.AlterField("schedule", "paused_at", models.DateTimeField()), "forbids empty values"),
    (migrations.RunSQL("ALTER TABLE core_heartbeat DROP COLUMN host"), "say contracting = True"),
    (migrations.RunSQL([("ALTER TABLE core_heartbeat RENAME TO pulse", [])]), "say contracting = True"),
    (database_only(migrations.RemoveField(TABLE, "host")), "say contracting = True"),
]


@pytest.mark.parametrize(
    ("operation", "told"), BREAKING, ids=lambda value: value[:30] if isinstance(value, str) else ""
)
def test_what_the_serving_release_could_not_live_with_is_named(
    executor: MigrationExecutor, operation: Any, told: str
) -> None:
    [found] = faults(executor, operation)
    assert told in found


def test_a_declared_contraction_of_what_the_models_no_longer_have_is_let_through(executor: MigrationExecutor) -> None:
    assert faults(executor, database_only(migrations.RemoveField(TABLE, "host")), contracting=True) == []


def test_a_declaration_does_not_make_it_safe_to_remove_what_the_models_still_read(executor: MigrationExecutor) -> None:
    assert faults(executor, migrations.RemoveField(TABLE, "host"), contracting=True) != []


def test_a_table_that_the_same_release_makes_may_be_shaped_freely(executor: MigrationExecutor) -> None:
    made = migrations.CreateModel("Pulse", [("id", models.BigAutoField(primary_key=True))])
    assert faults(executor, made, migrations.AddField("pulse", "count", models.IntegerField(default=0))) == []


def test_an_index_on_a_large_table_must_not_lock_it(
    executor: MigrationExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration_rules, "LARGE", 0)
    index = migrations.AddIndex(TABLE, models.Index(fields=["kind"], name="core_heartbeat_next"))
    assert "use AddIndexConcurrently" in faults(executor, index)[0]


def test_a_database_that_is_up_to_date_has_nothing_to_apply() -> None:
    assert migration_rules.plan() == []
