"""What the serving release could not live with is refused before anything is touched."""

from typing import Any

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django_migration_linter.sql_analyser import PostgresqlAnalyser

from apps.core.releases import migration_rules

pytestmark = pytest.mark.django_db

TABLE = "heartbeat"
LONGER = migrations.AlterField(TABLE, "kind", models.CharField(max_length=40))
ONE_HOST = models.UniqueConstraint(fields=["host"], name="core_heartbeat_one_host")


@pytest.fixture(scope="module")
def executor(django_db_setup: None, django_db_blocker: Any) -> MigrationExecutor:
    with django_db_blocker.unblock():
        return MigrationExecutor(connection)


def faults(executor: MigrationExecutor, *operations: Any, says: str = "") -> list[str]:
    """Return what is found in a migration of ``core`` with these operations, that says this of itself."""
    migration = migrations.Migration("9999_next", "core")
    migration.operations = list(operations)
    if says:
        setattr(migration, says, True)
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]  # as the rules do
    return list(migration_rules._faults(migration, state, set()))


def database_only(*operations: Any) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(database_operations=list(operations))


HARMLESS = [
    migrations.AddField(TABLE, "note", models.CharField(max_length=20, null=True)),
    migrations.AddField(TABLE, "count", models.IntegerField(db_default=0)),
    LONGER,
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
    (migrations.AlterField("schedule", "paused_at", models.DateTimeField(db_default=Now())), "forbids empty values"),
    (migrations.AlterField(TABLE, "kind", models.CharField(max_length=20, unique=True)), "forbids equal values"),
    (migrations.AddConstraint(TABLE, ONE_HOST), "constraining = True"),
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
    assert faults(executor, database_only(migrations.RemoveField(TABLE, "host")), says="contracting") == []


def test_a_declaration_does_not_make_it_safe_to_remove_what_the_models_still_read(executor: MigrationExecutor) -> None:
    assert faults(executor, migrations.RemoveField(TABLE, "host"), says="contracting") != []


def test_a_constraint_that_every_release_keeps_to_is_let_through(executor: MigrationExecutor) -> None:
    assert faults(executor, migrations.AddConstraint(TABLE, ONE_HOST), says="constraining") == []


def test_a_constraint_on_a_large_table_must_not_lock_it(
    executor: MigrationExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration_rules, "LARGE", 0)
    kept = models.CheckConstraint(condition=models.Q(host__gt=""), name="core_heartbeat_has_host")
    [found] = faults(executor, migrations.AddConstraint(TABLE, kept), says="constraining")
    assert "use AddConstraintNotValid" in found
    assert faults(executor, AddConstraintNotValid(TABLE, kept), says="constraining") == []


@pytest.mark.parametrize(
    "operation",
    [operation for operation in [*HARMLESS, *(each for each, _ in BREAKING)] if operation is not LONGER],
    ids=lambda operation: operation.describe()[:40],
)
def test_what_django_migration_linter_calls_an_error_is_refused_too(
    executor: MigrationExecutor, operation: Any
) -> None:
    """It reads SQL and not what a release does with it: of a text that becomes longer it can't tell that it may."""
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]  # as above
    after = state.clone()
    operation.state_forwards("core", after)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        operation.database_forwards("core", editor, state, after)
    linter = PostgresqlAnalyser(None)
    linter.analyse([sql for sql in editor.collected_sql if not sql.startswith("--")])
    assert faults(executor, operation) or not linter.errors


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
