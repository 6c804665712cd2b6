"""What a database is recognised by: rows and a checksum of every table, migrations, and the figures of higher apps.

The checksum of a table is the sum of a 64-bit hash of each row, so that the order of rows does not matter. It finds
what was lost, doubled or changed; against somebody who means harm stand the signature and the hashes of the parts.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from psycopg import sql

from apps.core import slots
from apps.core.backups import servers
from apps.core.backups.servers import Connection, Server

# Slots of higher apps. Each filling takes the alias of a connection.
FIGURES = "backup_figures"  # -> {"ledger": {"wallets": 3, …}}, cheap: asked at each backup
PROOF = "backup_proof"  # -> sentences about what is wrong, none when all is well: asked of what was restored
ALIAS = "backup"

# Types that PostgreSQL hashes as they are; others are hashed as text.
_HASHED = {
    *("bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "uuid", "date"),
    *("time", "timetz", "timestamp", "timestamptz", "interval", "bytea", "inet", "oid", "name"),
}


@dataclass(frozen=True)
class Fingerprint:
    """``tables`` is ``{"public.teams_team": {"rows": 3, "checksum": "…"}}``."""

    tables: dict[str, dict[str, Any]]
    migrations: list[str]
    figures: dict[str, Any]


def take(server: Server, database: str, *, snapshot: str | None = None, at_once: int = 2) -> Fingerprint:
    """Read a whole database.

    Args:
        server: Where it is.
        database: Its name.
        snapshot: One that another transaction exported; None for what is there now.
        at_once: How many connections share the tables.
    """
    with _transaction(server, database, snapshot) as connection:
        names = _tables(connection)
        migrations = _migrations(connection)
        columns = {name: _columns(connection, *name) for name in names}
    with ThreadPoolExecutor(at_once) as pool:
        # One connection for each share; the biggest tables come first, so that the shares end together.
        parts = list(
            pool.map(
                lambda share: _read(server, database, snapshot, share, columns),
                [names[number::at_once] for number in range(at_once)],
            )
        )
    tables = {name: found for part in parts for name, found in part.items()}
    return Fingerprint(dict(sorted(tables.items())), migrations, figures(server, database, snapshot=snapshot))


def figures(server: Server, database: str, *, snapshot: str | None = None) -> dict[str, Any]:
    """Return what higher apps say their data amounts to."""
    with servers.alias(server, database, ALIAS) as using, transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if snapshot:
                cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
        told: dict[str, Any] = {}
        for fill in slots.fillings(FIGURES):
            told |= fill(using)
        return told


def faults(server: Server, database: str) -> list[str]:
    """Return what higher apps find wrong with the data, each as a sentence."""
    with servers.alias(server, database, ALIAS) as using:
        return [sentence for fill in slots.fillings(PROOF) for sentence in fill(using)]


def differences(wanted: Fingerprint, found: Fingerprint) -> list[str]:
    """Say in what two databases differ; nothing when they are the same."""
    told = []
    for name in sorted(wanted.tables.keys() | found.tables.keys()):
        before, after = wanted.tables.get(name), found.tables.get(name)
        if before is None or after is None:
            told.append(f"The table {name} is {'not in the backup' if before is None else 'missing'}.")
        elif before != after:
            told.append(f"The table {name} has {after['rows']} rows instead of {before['rows']}, or other content.")
    if wanted.migrations != found.migrations:
        told.append("The migrations differ.")
    if wanted.figures != found.figures:
        told.append(f"The figures differ: {found.figures} instead of {wanted.figures}.")
    return told


def _transaction(server: Server, database: str, snapshot: str | None) -> Connection:
    connection = server.connect(database, autocommit=False)
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    if snapshot:
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
    return connection


def _tables(connection: Connection) -> list[tuple[str, str]]:
    """Return schema and name of all tables, the biggest first."""
    return connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' "
        "AND n.nspname NOT LIKE 'pg\\_%' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid "
        "AND d.deptype = 'e') ORDER BY pg_relation_size(c.oid) DESC, 1, 2"
    ).fetchall()


def _columns(connection: Connection, schema: str, table: str) -> sql.Composable:
    rows = connection.execute(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid "
        "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        [schema, table],
    )
    return sql.SQL(", ").join(
        sql.Identifier(name) if kind in _HASHED else sql.SQL("{}::text").format(sql.Identifier(name))
        for name, kind in rows
    )


def _read(
    server: Server,
    database: str,
    snapshot: str | None,
    names: list[tuple[str, str]],
    columns: dict[tuple[str, str], sql.Composable],
) -> dict[str, dict[str, Any]]:
    found = {}
    with _transaction(server, database, snapshot) as connection:
        # Times as text depend on these.
        connection.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 3")
        for name in names:
            statement = sql.SQL(
                "SELECT count(*), coalesce(sum(hash_record_extended(ROW({}), 0)), 0)::text FROM ONLY {}"
            )
            row = connection.execute(statement.format(columns[name], sql.Identifier(*name))).fetchone() or (0, "0")
            found[".".join(name)] = {"rows": row[0], "checksum": row[1]}
    return found


def _migrations(connection: Connection) -> list[str]:
    known = connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
    if known != (True,):
        return []
    return [row[0] for row in connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")]
