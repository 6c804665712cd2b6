"""A database beside the live one: made like it, filled from a set, compared, and in the end swapped for it."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from apps.core.backups import loading, opening, programs, servers
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, ProgramFailed
from apps.core.backups.manifest import Manifest
from apps.core.backups.opening import Opened
from apps.core.backups.servers import Connection, Live

logger = logging.getLogger(__name__)

ENDING = "_restoring"
BEFORE = "_before_"
DRAIN = 10.0  # seconds for what runs to end by itself
TRIES = 5
# Connections that our role may end: its own, those of roles it has, with pg_signal_backend all but a superuser's.
_MAY_END = (
    "(us.rolsuper OR pg_has_role(us.oid, a.usesysid, 'USAGE') "
    "OR pg_has_role(us.oid, 'pg_signal_backend', 'USAGE') AND NOT them.rolsuper)"
)
# Without pg_read_all_stats the kind of a foreign connection cannot be seen.
_CONNECTED = (
    "FROM pg_stat_activity a JOIN pg_roles them ON them.oid = a.usesysid JOIN pg_roles us ON us.rolname = current_user "
    "WHERE a.datname = ANY(%s) AND a.pid <> pg_backend_pid() "
    "AND coalesce(a.backend_type, 'client backend') = 'client backend' "
)


def check(page: Manifest, site: Live) -> None:
    """Raise ``BackupRefused`` when the server or this release could not take the set."""
    opening.check_server(page, servers.major(site.server, servers.MAINTENANCE))
    with site.server.connect(servers.MAINTENANCE) as connection:
        row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if row != (True,):
            raise BackupRefused(
                f"The role {site.server.user} may not make databases, and a restore is made beside the live one. "
                f'As a superuser: ALTER ROLE "{site.server.user}" CREATEDB;'
            )
    ours = {one.label for one in apps.get_app_configs() if one.name.startswith("apps.")}
    on_disk = _migrations()
    unknown = [name for name in page.database["migrations"] if name.split(".")[0] in ours and name not in on_disk]
    if unknown:
        raise BackupRefused(
            f"{page.id} was made by a newer release ({page.release or 'unnamed'}): this one lacks {unknown[0]}. "
            "Deploy that release first, then restore."
        )


@cache
def _migrations() -> frozenset[str]:
    """Return the migrations of this release: their files, without the graph that a loader makes of them."""
    loader = MigrationLoader(None, load=False, ignore_no_migrations=True)
    loader.load_disk()
    return frozenset(f"{label}.{name}" for label, name in loader.disk_migrations or {})


@contextmanager
def database(configuration: Configuration, opened: Opened, site: Live, *, ending: str = ENDING) -> Iterator[str]:
    """Make, fill and compare a database beside the live one. It is dropped with the block, if it has its name still.

    Raises:
        Damaged: What came out is not what was backed up.
        BackupRefused: It could not be made.
    """
    page, server, name = opened.manifest, site.server, site.name + ending
    found = opening.check_server(page, servers.major(server, servers.MAINTENANCE))
    if opened.dump is None:
        raise BackupRefused(f"{page.id} holds no database.")
    drop(site, name)  # of a run that was killed
    _create(page, site, name)
    try:
        loading.load(
            configuration, found, opened.dump, server, name, grants=_may_grant(page, site), without=_barred(page, site)
        )
        with ThreadPoolExecutor(1) as pool:
            analysed = pool.submit(analyse, site, name)
            loading.compare(page, server, name)
            analysed.result()
        yield name
    finally:
        drop(site, name)


def _create(page: Manifest, site: Live, name: str) -> None:
    shape = page.database["shape"]
    words = [sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))]
    words.append(sql.SQL("ENCODING {}").format(sql.Literal(shape["encoding"])))
    words.append(
        sql.SQL("LC_COLLATE {} LC_CTYPE {}").format(sql.Literal(shape["collate"]), sql.Literal(shape["ctype"]))
    )
    if shape["provider"] in {"b", "i"} and shape["locale"]:
        kind = {"b": "builtin", "i": "icu"}[shape["provider"]]
        words.append(sql.SQL(f"LOCALE_PROVIDER {kind} {kind.upper()}_LOCALE {{}}").format(sql.Literal(shape["locale"])))
    with site.server.connect(servers.MAINTENANCE) as connection:
        try:
            connection.execute(sql.SQL(" ").join(words))
        except psycopg.Error as error:
            raise BackupRefused(f"The database {name} could not be made: {error}") from error


def _may_grant(page: Manifest, site: Live) -> bool:
    wanted = set(page.database["grantees"])
    with site.server.connect(servers.MAINTENANCE) as connection:
        there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    if missing := sorted(wanted - there):
        logger.warning(
            "Permissions of other roles are left out: %s do not exist here. roles.sql in the set makes them.", missing
        )
    return not missing


def _barred(page: Manifest, site: Live) -> list[str]:
    """Return the extensions of the set that only a superuser may make, when our role is none."""
    with site.server.connect(servers.MAINTENANCE) as connection:
        rows = connection.execute(
            "SELECT name FROM pg_available_extension_versions WHERE superuser AND NOT trusted AND name = ANY(%s) "
            "AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) GROUP BY name ORDER BY name",
            [[name for name in page.database["extensions"] if name != "plpgsql"]],
        ).fetchall()
    barred = [row[0] for row in rows]
    if barred:
        logger.warning("Left out, because only a superuser may CREATE EXTENSION: %s", ", ".join(barred))
    return barred


def drop(site: Live, name: str) -> None:
    """Drop a database of ours, if it is there, with whoever is in it."""
    with site.server.connect(servers.MAINTENANCE) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def migrate(page: Manifest, site: Live, name: str) -> int:
    """Bring an older set's database to this release, by a process of its own. Returns how many migrations it lacked."""
    lacking = _migrations() - set(page.database["migrations"])
    if not lacking:
        return 0
    server = site.server
    environment = os.environ | {
        "DB_NAME": name,
        "DB_HOST": server.host,
        "DB_PORT": str(server.port),
        "DB_USER": server.user,
        "DB_PASSWORD": server.password,
    }
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "migrate", "--no-input", "--verbosity=0"]
    done = subprocess.run(programs.mortal(command), env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise ProgramFailed(f"The migrations failed on the restored database:\n{done.stderr.strip()[-1500:]}")
    return len(lacking)


def analyse(site: Live, name: str) -> None:
    """Tell the planner about the restored rows, so that the first pages are not slow ones."""
    with site.server.connect(name) as connection:
        connection.execute("ANALYZE")


def old_name(site: Live, now: datetime) -> str:
    return f"{site.name}{BEFORE}{now:%Y%m%dt%H%M%S}"


def old_ones(site: Live) -> list[str]:
    """Return the databases that restores kept, the newest first."""
    with site.server.connect(servers.MAINTENANCE) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1 DESC", [site.name + BEFORE]
        )
        return [row[0] for row in rows]


def swap(site: Live, new: str, old: str) -> None:
    """Let ``new`` take the live name and keep the live one as ``old``: both or neither, in one transaction.

    Who is connected is cut off. The first RENAME locks the name, so that nobody new gets in while it waits for that.

    Raises:
        BackupRefused: Somebody cannot be cut off. The message names the role.
    """
    connections.close_all()
    with site.server.connect(servers.MAINTENANCE) as watcher:
        _drain(watcher, site)
    for left in range(TRIES, 0, -1):
        try:
            with _cutting_off(site, new), site.server.connect(servers.MAINTENANCE, autocommit=False) as connection:
                _copy_settings(connection, site.name, new)
                if servers.exists(site.server, site.name):
                    connection.execute(_rename(site.name, old))
                connection.execute(_rename(new, site.name))
        except psycopg.errors.ObjectInUse as error:
            if left == 1:
                check_leavable(site)
                raise BackupRefused(f"The swap was not made, the live database is as it was: {error}") from error
        else:
            return


def check_leavable(site: Live) -> None:
    """Raise ``BackupRefused`` that names who is connected to the live database and cannot be cut off by our role."""
    with site.server.connect(servers.MAINTENANCE) as connection:
        rows = connection.execute(
            f"SELECT DISTINCT a.usename, a.application_name {_CONNECTED} AND NOT {_MAY_END} ORDER BY 1, 2",
            [[site.name]],
        ).fetchall()
    if rows:
        who = ", ".join(f"{role} ({program})" if program else role for role, program in rows)
        raise BackupRefused(
            f"The databases cannot be swapped while others are connected whom {site.server.user} may not cut off: "
            f'{who}. Let them leave, or as a superuser: GRANT pg_signal_backend TO "{site.server.user}"; '
            "(superusers have to leave by themselves)."
        )


def _rename(before: str, after: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(before), sql.Identifier(after))


def _drain(watcher: Connection, site: Live) -> None:
    """Let requests and jobs that are on their way end."""
    waited = threading.Event()
    for _ in range(int(DRAIN / 0.2)):
        row = watcher.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state <> 'idle' "
            "AND backend_type = 'client backend'",
            [site.name],
        ).fetchone()
        if row == (0,):
            return
        waited.wait(0.2)


@contextmanager
def _cutting_off(site: Live, new: str) -> Iterator[None]:
    """End the connections to both databases again and again while the block runs."""
    done = threading.Event()

    def cut() -> None:
        with site.server.connect(servers.MAINTENANCE) as connection:
            while not done.wait(0.05):
                connection.execute(
                    f"SELECT pg_terminate_backend(a.pid) {_CONNECTED} AND {_MAY_END}", [[site.name, new]]
                )

    thread = threading.Thread(target=cut, name="cut-off")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _copy_settings(connection: Connection, live: str, new: str) -> None:
    """Keep what ALTER DATABASE … SET was given for the live one."""
    rows = connection.execute(
        "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
        "WHERE d.datname = %s AND s.setrole = 0",
        [live],
    ).fetchall()
    for (line,) in rows:
        name, _, value = line.partition("=")
        connection.execute(
            sql.SQL("ALTER DATABASE {} SET {} TO {}").format(
                sql.Identifier(new), sql.Identifier(name), sql.Literal(value)
            )
        )
