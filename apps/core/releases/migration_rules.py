"""Which migrations the release that serves can live with while they run and after them: expand first, contract later.

Django knows a column as long as a model has the field, and names it in every SELECT. So a field is first taken out of
the models alone (``SeparateDatabaseAndState``), and its column in a later release, by a migration that says
``contracting = True``. A constraint is the same the other way round: first the code keeps to it, and a later release
adds it, by a migration that says ``constraining = True``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED

LARGE = 100_000  # rows: an index on a table of fewer is built in less time than a person waits for a page
TAKES_AWAY = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|VIEW|TYPE)|RENAME\s+(TO|COLUMN)|ALTER\s+COLUMN\s+\S+\s+(SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Planned:
    """A migration that is not applied yet. ``faults`` say why the serving release could not live with it."""

    name: str
    file: str
    contracts: bool
    faults: tuple[str, ...]


def plan() -> list[Planned]:
    """Return what is to be applied, in its order, judged. On an empty database nothing can be harmed."""
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    empty = not executor.loader.applied_migrations
    state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]  # as `migrate` itself does
    planned, fresh = [], set[tuple[str, str]]()
    for migration, _ in steps:
        faults = () if empty else tuple(_faults(migration, state, fresh))
        planned.append(Planned(str(migration), _file(migration), not empty and _declares(migration), faults))
        state = migration.mutate_state(state, preserve=True)
    return planned


def _declares(migration: Migration) -> bool:
    return bool(getattr(migration, "contracting", False))


def _file(migration: Migration) -> str:
    """Return where the migration is in the checkout, which another release has or lacks."""
    return f"{type(migration).__module__.replace('.', '/')}.py"


def _faults(migration: Migration, state: ProjectState, fresh: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what is wrong. ``fresh`` collects the tables that this plan makes: nobody uses them yet."""
    state = state.clone()
    for operation in migration.operations:
        yield from _of_operation(operation, migration, state, fresh)
        operation.state_forwards(migration.app_label, state)


def _of_operation(
    operation: Any, migration: Migration, state: ProjectState, fresh: set[tuple[str, str]]
) -> Iterator[str]:
    app = migration.app_label
    if isinstance(operation, operations.CreateModel):
        fresh.add((app, operation.name_lower))
    elif isinstance(operation, operations.SeparateDatabaseAndState):
        if _takes_away(operation.database_operations) and not _declares(migration):
            yield (
                "takes away what was in the database: say contracting = True on the migration, when no release that "
                "may serve uses it any more"
            )
    elif isinstance(operation, operations.RunSQL):
        if TAKES_AWAY.search(_sql(operation)) and not _declares(migration):
            yield "runs SQL that takes something away or renames it: say contracting = True, or do it in two releases"
    elif (app, _model(operation)) not in fresh:
        yield from _on_used_table(operation, migration, state)


def _on_used_table(operation: Any, migration: Migration, state: ProjectState) -> Iterator[str]:
    app = migration.app_label
    model = f"{app}.{_model(operation)}"
    if isinstance(operation, operations.RemoveField):
        yield f"removes {model}.{operation.name}, which the serving release reads: take it from the models first"
    elif isinstance(operation, operations.DeleteModel):
        yield f"removes {model}, which the serving release reads: take it from the models first"
    elif isinstance(operation, operations.RenameField | operations.RenameModel | operations.AlterModelTable):
        yield f"renames in {model}, where the serving release uses the old name: add the new one, copy, remove later"
    elif isinstance(operation, operations.AddField):
        if _blocks_inserts(operation.field):
            yield (
                f"adds {model}.{operation.name}, which may not be empty and has no db_default: rows of the serving "
                "release would be refused"
            )
    elif isinstance(operation, operations.AlterField):
        yield from _narrowed(operation, app, state)
    elif isinstance(operation, operations.AddConstraint):
        if not getattr(migration, "constraining", False):
            yield (
                f"adds {operation.constraint.name} to {model}, which refuses what the serving release may write: say "
                "constraining = True on the migration, when every release that may serve keeps to it"
            )
        if type(operation) is operations.AddConstraint and _rows(app, _model(operation), state) >= LARGE:
            yield f"looks through {model} while nobody can use it: use AddConstraintNotValid, or build its index before"
    elif type(operation) is operations.AddIndex and _rows(app, _model(operation), state) >= LARGE:
        yield f"builds an index on {model} while nobody can write to it: use AddIndexConcurrently, atomic = False"


def _narrowed(operation: operations.AlterField, app: str, state: ProjectState) -> Iterator[str]:
    before = state.models[app, operation.model_name_lower].fields[operation.name]
    after = operation.field
    field = f"{app}.{operation.model_name}.{operation.name}"
    if before.null and not after.null:  # it names the column, so that a default of the database would not help it
        yield f"forbids empty values of {field}, which the serving release writes"
    if after.unique and not before.unique:
        yield f"forbids equal values of {field}, which the serving release may write: use AddConstraint"
    old, new = _column_type(before), _column_type(after)
    if old != new and not _widens(old, new):
        yield f"changes the type of {field} from {old} to {new}: the table is locked"


def _column_type(field: Any) -> str | None:
    if field.remote_field:
        return None  # it follows the key that it leads to
    column: str | None = field.db_parameters(connection)["type"]
    return column


def _widens(old: str | None, new: str | None) -> bool:
    """Whether a text only becomes longer, which PostgreSQL notes without looking at the rows."""
    lengths = [re.fullmatch(r"varchar\((\d+)\)", kind or "") for kind in (old, new)]
    if lengths[0] and new == "text":
        return True
    return bool(lengths[0] and lengths[1] and int(lengths[0][1]) <= int(lengths[1][1]))


def _blocks_inserts(field: "Field[Any, Any]") -> bool:
    if field.many_to_many or field.null or getattr(field, "generated", False):
        return False
    return field.db_default is NOT_PROVIDED


def _takes_away(inner: Sequence[Any]) -> bool:
    kinds = operations.RemoveField | operations.DeleteModel | operations.RenameField | operations.RenameModel
    return any(
        isinstance(operation, kinds)
        or (isinstance(operation, operations.RunSQL) and bool(TAKES_AWAY.search(_sql(operation))))
        for operation in inner
    )


def _sql(operation: operations.RunSQL) -> str:
    parts = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
    return " ".join(str(part[0] if isinstance(part, list | tuple) else part) for part in parts)


def _model(operation: Any) -> str:
    named = getattr(operation, "model_name", None) or getattr(operation, "name", "") or ""
    return str(named).lower()


def _rows(app: str, model: str, state: ProjectState) -> int:
    """Return about how many rows a table has, as PostgreSQL itself estimates."""
    if connection.vendor != "postgresql":
        return 0
    table = state.apps.get_model(app, model)._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [connection.ops.quote_name(table)]
        )
        found = cursor.fetchone()
    return max(0, found[0]) if found else 0
