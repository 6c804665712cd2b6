"""How a PostgreSQL server is reached by our statements, by its programs and by code that takes Django's connections."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connections

from apps.core.backups.errors import BackupRefused

MAINTENANCE = "postgres"  # the database that is always there, from which others are made, renamed and dropped
# Copying everything takes as long as it takes; only waiting for a lock stays a fault.
PATIENT = "-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=60s"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Server:
    """A server and the role we have there. ``host`` may be the folder of its socket."""

    host: str
    port: int
    user: str
    password: str = field(default="", repr=False)  # a traceback must not show it

    def connect(self, database: str, *, autocommit: bool = True) -> Connection:
        """Open a connection of our own. Raises ``BackupRefused`` when there is none to be had."""
        try:
            return psycopg.connect(
                host=self.host,
                port=self.port,
                user=self.user,
                password=self.password or None,
                dbname=database,
                options=PATIENT,
                connect_timeout=10,
                application_name="deltacrown-backup",
                autocommit=autocommit,
            )
        except psycopg.OperationalError as error:
            raise BackupRefused(
                f"The database {database} at {self.host} does not let us in: {_first(error)}"
            ) from error

    def environment(self, database: str) -> dict[str, str]:
        """Return the variables with which a program reaches ``database``: nothing secret on its command line."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        told = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGDATABASE": database,
            "PGOPTIONS": PATIENT,
            "PGCONNECT_TIMEOUT": "10",
            "PGAPPNAME": "deltacrown-backup",
        }
        return kept | told | ({"PGPASSWORD": self.password} if self.password else {})


@dataclass(frozen=True)
class Live:
    """The database that the site uses."""

    server: Server
    name: str


def live() -> Live:
    """Return the site's database. Raises ``BackupRefused`` on SQLite, which has none of what this is made of."""
    told = connections["default"].settings_dict
    if not str(told["ENGINE"]).endswith("postgresql"):
        raise BackupRefused(
            "Backups are made of PostgreSQL. SQLite is for one developer: stop the site and copy var/site.sqlite3."
        )
    server = Server(str(told["HOST"]), int(told["PORT"] or 5432), str(told["USER"]), str(told["PASSWORD"]))
    return Live(server, str(told["NAME"]))


@contextmanager
def alias(server: Server, database: str, name: str) -> Iterator[str]:
    """Give Django's connections one more, for code such as the ledger's proof, as long as the block lasts."""
    connection = connections["default"].copy(name)
    connection.settings_dict |= {
        "NAME": database,
        "USER": server.user,
        "PASSWORD": server.password,
        "HOST": server.host,
        "PORT": server.port,
        "OPTIONS": {"options": PATIENT},
    }
    # Only as an object, for this thread: the settings do not change, and no other code comes upon it.
    connections[name] = connection
    try:
        yield name
    finally:
        connection.close()
        del connections[name]


def major(server: Server, database: str) -> int:
    """Return the major version of the server."""
    with server.connect(database) as connection:
        return connection.info.server_version // 10_000


def exists(server: Server, database: str) -> bool:
    with server.connect(MAINTENANCE) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
