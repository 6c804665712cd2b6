"""The database's part of a set: a parallel dump and the fingerprint of the same snapshot."""

import shutil
from pathlib import Path
from typing import Any

from psycopg import sql
from pyrage import x25519

from apps.core.backups import fingerprints, media, programs, sealing, servers
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused
from apps.core.backups.servers import Connection, Live

FOLDER = "database"
ROLES = "roles.sql"
JOBS = 2


def check_room(configuration: Configuration, source: Live, *, factor: float) -> None:
    """Raise ``BackupRefused`` when the disk would fill up half-way."""
    with source.server.connect(source.name) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    needed = int((row or (0,))[0] * factor)
    free = shutil.disk_usage(configuration.folder).free
    if free < needed:
        raise BackupRefused(
            f"{configuration.folder} has {free >> 20} MB free and this backup may need {needed >> 20} MB. "
            "Free some room, or run `manage.py backup prune`."
        )


def dump(
    configuration: Configuration, draft: Path, source: Live, to: list[x25519.Recipient]
) -> tuple[dict[str, Any], set[str]]:
    """Write the dump into ``draft``. Returns what the manifest says of the database, and the uploads rows point at."""
    server = source.server
    found = programs.matching(servers.major(server, source.name))
    plain = configuration.work / draft.stem  # of this run only: nothing that another left writes into it
    log = configuration.work / "pg_dump.log"
    # A transaction of ours holds the snapshot that the dump, the checksums and the figures all look at.
    with server.connect(source.name, autocommit=False) as holder:
        holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = str((holder.execute("SELECT pg_export_snapshot()").fetchone() or ("",))[0])
        compression = found.compression()
        command = [
            found.path("pg_dump"),
            *("--format=directory", f"--jobs={JOBS}", f"--compress={compression}", f"--snapshot={snapshot}"),
            *("--no-password", "--lock-wait-timeout=60s", f"--file={plain}"),
        ]
        process = programs.start(programs.politely(command), environment=server.environment(source.name), log=log)
        try:
            # Meanwhile, not after: while one dump worker compresses, the server has time to read.
            fingerprint = fingerprints.take(server, source.name, snapshot=snapshot)
            referenced = media.referenced(holder)
            about = _about(holder)
        except BaseException:
            process.kill()
            process.wait()
            raise
        programs.finish(process, what="pg_dump", log=log)
    _seal_all(plain, draft / FOLDER, to)
    _dump_roles(configuration, draft, found, source, to)
    about |= {
        "name": source.name,
        "client": found.major,
        "compression": compression,
        "tables": fingerprint.tables,
        "migrations": fingerprint.migrations,
        "figures": fingerprint.figures,
    }
    return about, referenced


def _seal_all(plain: Path, target: Path, to: list[x25519.Recipient]) -> None:
    target.mkdir()
    for file in sorted(plain.iterdir()):
        if to:
            sealing.seal(file, target / file.name, to)
            file.unlink()  # in the clear as short as can be
        else:
            file.replace(target / file.name)
    plain.rmdir()


def _dump_roles(
    configuration: Configuration, draft: Path, found: programs.Programs, source: Live, to: list[x25519.Recipient]
) -> None:
    """Keep roles and their memberships. Without passwords: those are for superusers, and stand in the variables."""
    plain = configuration.work / ROLES
    log = configuration.work / "pg_dumpall.log"
    command = [found.path("pg_dumpall"), "--globals-only", "--no-role-passwords", "--no-password", f"--file={plain}"]
    environment = source.server.environment(servers.MAINTENANCE)
    programs.run(command, environment=environment, what="pg_dumpall", log=log)
    sealing.seal(plain, draft / ROLES, to)
    plain.unlink()


def _about(connection: Connection) -> dict[str, Any]:
    """Return what a new database must be made with to hold this one, and who was allowed what."""
    shape = shape_of(connection)
    grantees = connection.execute(
        "SELECT DISTINCT r.rolname FROM pg_class c, aclexplode(c.relacl) a "
        "JOIN pg_roles r ON r.oid = a.grantee ORDER BY 1"
    )
    extensions = connection.execute("SELECT extname, extversion FROM pg_extension ORDER BY 1")
    return {
        "server": connection.info.server_version,
        "shape": shape,
        "grantees": [row[0] for row in grantees],
        "extensions": dict(extensions.fetchall()),
    }


def shape_of(connection: Connection) -> dict[str, str | None]:
    """Return encoding and locale of the connection's database, as CREATE DATABASE takes them."""
    version = connection.info.server_version
    locale = "datlocale" if version >= 170_000 else "daticulocale" if version >= 150_000 else "NULL::text"
    provider = "datlocprovider::text" if version >= 150_000 else "'c'"
    statement = sql.SQL(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype, {}, {} FROM pg_database "
        "WHERE datname = current_database()"
    ).format(sql.SQL(provider), sql.SQL(locale))
    row = connection.execute(statement).fetchone() or ("UTF8", "C", "C", "c", None)
    return dict(zip(("encoding", "collate", "ctype", "provider", "locale"), row, strict=True))
