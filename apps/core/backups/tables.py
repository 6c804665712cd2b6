"""Bringing back rows of some tables: restored beside, then copied in one transaction, or not at all."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import transaction
from psycopg import IntegrityError, sql

from apps.core import audit, slots
from apps.core.backups import beside, files, locking, opening, places, records, servers, sets
from apps.core.backups import configuration as configurations
from apps.core.backups.errors import BackupRefused
from apps.core.backups.servers import Connection
from apps.core.models import BackupRecord

logger = logging.getLogger(__name__)

# Filled by higher apps with ``() -> {table: reason}``: tables whose rows are never copied back one by one.
GUARDED = "backup_guarded_tables"
ENDING = "_tables"
OWN = {
    "core_auditevent": "The audit trail is only ever added to by what happens.",
    "core_job": "Jobs that were done would be done again.",
    "core_backuprecord": "The history of backups is not data of the site.",
    "core_outgoinghold": "It is not data of the site.",
    "django_migrations": "It says what this database is, not what the other was.",
    "django_session": "Logins that ended would be open again.",
}


def restore(
    *, actor: Any, name: str, names: Sequence[str], replace: bool = False, key_file: Path | None = None
) -> dict[str, dict[str, int]]:
    """Copy rows of the tables ``names`` from a set into the live database.

    Args:
        actor: Who asked.
        name: A set, or ``latest``.
        names: Tables, as the database calls them.
        replace: Also change rows that are there and differ. Otherwise only missing rows are added.
        key_file: With the secret key.

    Returns:
        How many rows of each table were added and changed.

    Raises:
        BackupRefused: A table must not be copied, or a row would point at one that is not there. Nothing was changed.
    """
    wanted = list(dict.fromkeys(names))
    _check_names(wanted)
    configuration = configurations.current()
    site = servers.live()
    with (
        locking.alone(configuration, what="a restore of tables"),
        files.private(),
        records.kept(actor, BackupRecord.Kind.TABLES) as record,
        files.faults_told(),
    ):
        if name != sets.LATEST and not (configuration.sets / name).exists():
            places.fetch(configuration, name)
        one = sets.find(configuration, name, holding="database")
        record.belongs_to(one.id, size=one.manifest.size)
        beside.check(one.manifest, site)
        opened = opening.open_set(configuration, one, key_file=key_file)
        with beside.database(configuration, opened, site, ending=ENDING) as aside:
            beside.migrate(one.manifest, site, aside)
            done = _copy(site, aside, wanted, replace=replace)
        record.says(", ".join(f"{table}: {told['added']} + {told['changed']}" for table, told in done.items()))
        _remember(actor, record.row, done)
        return done


def _remember(actor: Any, row: BackupRecord, done: dict[str, dict[str, int]]) -> None:
    with transaction.atomic():
        audit.record(actor=actor, action="backup.tables_restored", target=row, new=done)


def _check_names(wanted: Sequence[str]) -> None:
    guarded = dict(OWN)
    for fill in slots.fillings(GUARDED):
        guarded |= fill()
    for name in wanted:
        if name in guarded:
            raise BackupRefused(f"{name} is not restored by rows. {guarded[name]}")
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    if unknown := [name for name in wanted if name not in known]:
        raise BackupRefused(f"{unknown[0]!r} is not a table of this release. An example: teams_team.")


def _copy(site: servers.Live, aside: str, wanted: Sequence[str], *, replace: bool) -> dict[str, dict[str, int]]:
    done = {}
    with (
        site.server.connect(aside, autocommit=False) as source,
        site.server.connect(site.name, autocommit=False) as target,
    ):
        target.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in wanted:
            done[table] = _copy_table(source, target, table, replace=replace)
        for table in wanted:
            _check_closure(target, table, wanted)
            _move_sequences(target, table)
        target.commit()
    return done


def _copy_table(source: Connection, target: Connection, table: str, *, replace: bool) -> dict[str, int]:
    columns = _columns(target, table)
    if columns != _columns(source, table):
        raise BackupRefused(f"The columns of {table} are others in the backup. Restore the whole set beside instead.")
    key = _primary_key(target, table)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    here, brought = sql.Identifier(table), sql.Identifier(f"brought_{table}")
    target.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(brought, names, here)
    )
    with (
        source.cursor().copy(sql.SQL("COPY {} ({}) TO STDOUT").format(here, names)) as leaving,
        target.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(brought, names)) as coming,
    ):
        for block in leaving:
            coming.write(block)
    changed = 0
    if replace:
        others = [name for name in columns if name not in key]
        assignments = sql.SQL(", ").join(sql.SQL("{0} = b.{0}").format(sql.Identifier(name)) for name in others)
        same = sql.SQL(" AND ").join(sql.SQL("h.{0} = b.{0}").format(sql.Identifier(name)) for name in key)
        rows = [sql.SQL(", ").join(sql.Identifier(side, name) for name in others) for side in ("h", "b")]
        if others:
            statement = "UPDATE {} h SET {} FROM {} b WHERE {} AND ROW({})::text IS DISTINCT FROM ROW({})::text"
            changed = target.execute(sql.SQL(statement).format(here, assignments, brought, same, *rows)).rowcount
    # By the primary key only: another row that has taken a unique name meanwhile is a conflict for a person.
    missing = sql.SQL("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM {2} ON CONFLICT ({3}) DO NOTHING")
    keys = sql.SQL(", ").join(map(sql.Identifier, key))
    try:
        added = target.execute(missing.format(here, names, brought, keys)).rowcount
    except IntegrityError as error:
        raise BackupRefused(f"{table}: a row of the backup collides with one of today. {error}") from error
    return {"added": added, "changed": changed}


def _columns(connection: Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
        "AND attgenerated = '' ORDER BY attnum",
        [f'public."{table}"'],
    )
    return [row[0] for row in rows]


def _primary_key(connection: Connection, table: str) -> list[str]:
    rows = connection.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) "
        "WHERE i.indrelid = to_regclass(%s) AND i.indisprimary ORDER BY a.attnum",
        [f'public."{table}"'],
    )
    return [row[0] for row in rows]


def _check_closure(target: Connection, table: str, wanted: Sequence[str]) -> None:
    """Raise ``BackupRefused`` when a row points at one that is neither there nor brought along."""
    rows = target.execute(
        "SELECT a.attname, c.confrelid::regclass::text, f.attname FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
        "JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1] "
        "WHERE c.contype = 'f' AND c.conrelid = to_regclass(%s)",
        [f'public."{table}"'],
    ).fetchall()
    for column, parent, key in rows:
        statement = sql.SQL(
            "SELECT count(*) FROM {0} h WHERE h.{1} IS NOT NULL AND NOT EXISTS (SELECT FROM {2} p WHERE p.{3} = h.{1})"
        ).format(sql.Identifier(table), sql.Identifier(column), sql.Identifier(parent.strip('"')), sql.Identifier(key))
        count = (target.execute(statement).fetchone() or (0,))[0]
        if count:
            also = "" if parent in wanted else f" Name {parent} too, if its rows shall come back."
            raise BackupRefused(f"{count} rows of {table} point by {column} at rows of {parent} that are gone.{also}")


def _move_sequences(target: Connection, table: str) -> None:
    for column in _primary_key(target, table):
        row = target.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'public."{table}"', column]).fetchone()
        if row and row[0]:
            statement = (
                "SELECT setval(%s, greatest((SELECT coalesce(max({0}), 1) FROM {1}), (SELECT last_value FROM {2})))"
            )
            schema, _, sequence = row[0].partition(".")
            names = (sql.Identifier(column), sql.Identifier(table), sql.Identifier(schema, sequence.strip('"')))
            target.execute(sql.SQL(statement).format(*names), [row[0]])
