"""What PostgreSQL says of itself, on a connection of our own: the pool may be what is exhausted."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.rows import dict_row

from apps.core.runbooks.diagnosis import CannotLook

NAME = "deltacrown runbook"
# Asking must not become part of the problem.
_TIMEOUTS = "-c statement_timeout=5s -c lock_timeout=1s"
_NAMED = ("host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "service")

# How long each session has been in its state, without our own. The comment at the end of a statement names the page.
SESSIONS: LiteralString = """
    SELECT pid, usename AS role, application_name AS program, client_addr::text AS address, client_port AS port, state,
           wait_event_type, wait_event, extract(epoch FROM now() - state_change)::float AS seconds_in_state,
           extract(epoch FROM now() - xact_start)::float AS seconds_in_transaction,
           extract(epoch FROM now() - query_start)::float AS seconds_since_statement,
           pg_blocking_pids(pid) AS waits_for, left(query, 500) AS statement, state_change,
           usename = current_user AS ours
      FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()
     ORDER BY state_change
"""


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def ask(statement: LiteralString, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return the rows of one statement.

    Raises:
        CannotLook: PostgreSQL is not what this site runs on, or does not answer; the message says how.
    """
    if not is_postgresql():
        raise CannotLook("This site runs on SQLite, which has no sessions to look at.")
    try:
        with _connect() as line:
            return line.execute(statement, values).fetchall()
    except psycopg.errors.QueryCanceled as error:
        raise CannotLook("PostgreSQL answers, but took more than five seconds for one question.") from error
    except psycopg.Error as error:
        raise CannotLook(in_words(error)) from error


def refusal() -> str:
    """Return why the site's own role gets no connection; empty when it gets one."""
    try:
        _connect(fall_back=False).close()
    except psycopg.Error as error:
        return in_words(error)
    return ""


def _connect(*, fall_back: bool = True) -> psycopg.Connection[dict[str, Any]]:
    given = connection.get_connection_params()
    named = {name: given[name] for name in _NAMED if given.get(name)}
    more: dict[str, Any] = {
        "connect_timeout": 3,
        "options": _TIMEOUTS,
        "application_name": NAME,
        "autocommit": True,
        "row_factory": dict_row,
    }
    try:
        return psycopg.connect(**named, **more)
    except psycopg.OperationalError:
        if not (fall_back and settings.DB_ADMIN_USER):
            raise
        # Ordinary places may all be taken. PostgreSQL keeps some for superusers.
        return psycopg.connect(
            **{**named, "user": settings.DB_ADMIN_USER, "password": settings.DB_ADMIN_PASSWORD}, **more
        )


_KINDS = (
    ("too many clients", "PostgreSQL runs, but all its connections are taken."),
    ("remaining connection slots", "PostgreSQL runs, but all connections that are not reserved are taken."),
    ("too many connections", "PostgreSQL runs, but its role has no connection left."),
    ("starting up", "PostgreSQL is starting: it recovers from a crash and opens by itself."),
    ("shutting down", "PostgreSQL is shutting down."),
    ("password authentication failed", "PostgreSQL refuses the password in DB_PASSWORD."),
    ("no pg_hba.conf entry", "PostgreSQL refuses this machine or role: pg_hba.conf has no line for it."),
    ("does not exist", "PostgreSQL runs, but the database or the role does not exist."),
    ("refused", "Nothing listens where DB_HOST and DB_PORT point: PostgreSQL is not running there."),
    ("no such file", "There is no socket in DB_HOST: PostgreSQL is not running there."),
    ("timeout", "PostgreSQL accepts no connection within three seconds: it or the way to it hangs."),
    ("translate host name", "The name in DB_HOST cannot be resolved."),
)


def in_words(error: BaseException) -> str:
    """Return what a failed connection means, without addresses and accounts."""
    said = str(error).lower()
    for sign, sentence in _KINDS:
        if sign in said:
            return sentence
    return f"PostgreSQL does not answer: {type(error).__name__}."
