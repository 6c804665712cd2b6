"""Makes the database ready: creates it, migrates it, and loads demo data the first time. A process of its own.

Writes what it does, a line each, and as its last line the demo logins as JSON.
"""

import json
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from deltacrown.local.run import LOGINS
from deltacrown.local.state import State

# The people whom the demo data of accounts makes, and their password.
DEMO_USERS = ("nadia", "rafi", "tanvir", "mim")
DEMO_PASSWORD = "champions-rise-2026"  # noqa: S105 - it is printed; only development loads demo data


def main() -> None:
    """Make the database ready. The folder ``var`` is on the command line."""
    state = State(Path(sys.argv[1]))
    django.setup()
    _create_database()
    _migrate()
    if _is_new_to_demo(state):
        started = time.monotonic()
        _say("Loading demo data …")
        call_command("seed_demo", verbosity=0)
        _remember_demo(state)
        _say(f"Demo data loaded ({time.monotonic() - started:.1f} s).")
    _say(LOGINS + json.dumps(_logins()))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _create_database() -> None:
    """Create the database when its server does not have it."""
    if connection.vendor != "postgresql":
        return
    name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:  # Django's own way to reach a server without the database
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
            _say(f"Database {name} made.")


def _migrate() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    started = time.monotonic()
    _say(f"Migrating ({len(plan)} steps) …")
    call_command("migrate", interactive=False, verbosity=0)
    _say(f"Migrated ({time.monotonic() - started:.1f} s).")


def _logins() -> list[dict[str, str]]:
    """Return the demo logins that work: somebody may have changed or deleted them."""
    users = {user.username: user for user in get_user_model().objects.filter(username__in=DEMO_USERS)}
    hashes = {user.password for user in users.values()}  # demo users share one, and checking is slow on purpose
    good = {encoded for encoded in hashes if check_password(DEMO_PASSWORD, encoded)}
    return [
        {
            "username": name,
            "password": DEMO_PASSWORD,
            "about": "staff, also at /admin/" if users[name].is_staff else "player",
        }
        for name in DEMO_USERS
        if name in users and users[name].password in good
    ]


def _identity(state: State) -> str:
    """Name the database, so that each of several gets its demo data."""
    database = settings.DATABASES["default"]
    if connection.vendor != "postgresql":
        return str(database["NAME"])
    own = state.servers.exists() and f'"{database["PORT"]}"' in state.servers.read_text()
    return f"{'own' if own else database['HOST']}/{database['NAME']}"


def _is_new_to_demo(state: State) -> bool:
    try:
        return _identity(state) not in (state.var / "demo-loaded").read_text().splitlines()
    except FileNotFoundError:
        return True


def _remember_demo(state: State) -> None:
    with (state.var / "demo-loaded").open("a") as file:
        file.write(f"{_identity(state)}\n")


if __name__ == "__main__":
    main()
