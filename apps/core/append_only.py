"""Migration operations that make the database itself refuse to change what was written once."""

from collections.abc import Sequence
from typing import Any

from django.db import migrations


class VendorSQL(migrations.RunSQL):
    """SQL for one kind of database; on the others nothing happens."""

    def __init__(self, *, vendor: str, sql: Sequence[str], reverse_sql: Sequence[str]) -> None:
        super().__init__(tuple(sql), tuple(reverse_sql))
        self.vendor = vendor

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        arguments = {"vendor": self.vendor, "sql": self.sql, "reverse_sql": self.reverse_sql}
        return self.__class__.__qualname__, [], arguments

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def append_only(table: str) -> list[VendorSQL]:
    """Return the operations that refuse UPDATE, DELETE and TRUNCATE of ``table`` with an IntegrityError.

    On PostgreSQL, TRUNCATE alone passes when the session says ``SET deltacrown.allow_truncate = on``: test runs empty
    tables that way between tests. SQLite has no TRUNCATE. It drops triggers with a table that it rebuilds, so a later
    migration that alters the table repeats these operations; ``tests/core/test_audit.py`` notices when it does not.
    """
    name = f"{table}_append_only"
    function = f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' AND current_setting('deltacrown.allow_truncate', true) = 'on' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """
    trigger = f"""
        CREATE TRIGGER {name} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}()
    """
    return [
        VendorSQL(
            vendor="postgresql",
            sql=[function, trigger],
            reverse_sql=[f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
        ),
        VendorSQL(
            vendor="sqlite",
            sql=[
                # REPLACE deletes without asking the trigger of DELETE. The table's name comes from a migration.
                f"CREATE TRIGGER {name}_{event.lower()} BEFORE {moment} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {event} refused'); END"
                for event, moment in (
                    ("UPDATE", f"UPDATE ON {table}"),
                    ("DELETE", f"DELETE ON {table}"),
                    ("REPLACE", f"INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"),  # noqa: S608 - a table of ours
                )
            ],
            reverse_sql=[f"DROP TRIGGER {name}_{event}" for event in ("update", "delete", "replace")],
        ),
    ]
