"""Whether the indexes that pages depend on are there, and whether PostgreSQL uses them for what they are for.

An app names its own in ``apps/<app>/indexes.py`` as ``INDEXES``. ``manage.py check_indexes`` asks the live schema, so
that one that was dropped or that a migration left invalid is noticed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, LiteralString

from django.apps import apps
from django.db import connection
from django.db.models import QuerySet
from django.utils.module_loading import module_has_submodule

# Below this many rows one index is as good as another, and a scan better than any.
SMALL = 10_000
_SCHEMA: LiteralString = """
    SELECT c.relname, t.relname, i.indisvalid, coalesce(s.idx_scan, 0), pg_relation_size(c.oid), t.reltuples
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_class t ON t.oid = i.indrelid
      LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.indexrelid
     WHERE t.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
"""


@dataclass(frozen=True)
class IndexUse:
    """An index with the query that needs it.

    Args:
        name: In the schema. The seed's names are contracts.
        table: Which table it is on.
        why: What would be slow without it.
        query: Makes the query that it is for. It is only explained, never run.
    """

    name: str
    table: str
    why: str
    query: Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Checked:
    """What became of one index. ``scans``: its uses since statistics began; ``now``: it would be used now."""

    use: IndexUse
    problem: str
    scans: int = 0
    size: int = 0
    now: bool = False


def every() -> list[IndexUse]:
    """Return what the apps have named, by table and name."""
    found: list[IndexUse] = []
    for app in apps.get_app_configs():
        if app.name.startswith("apps.") and module_has_submodule(app.module, "indexes") and app.label != "core":
            found += import_module(f"{app.name}.indexes").INDEXES
    return sorted(found, key=lambda use: (use.table, use.name))


def check() -> list[Checked]:
    """Ask the live schema and the planner. Raises ``RuntimeError`` on SQLite, which has another planner."""
    if connection.vendor != "postgresql":
        raise RuntimeError("Indexes are checked on PostgreSQL only.")
    return list(_check(every()))


def _check(uses: list[IndexUse]) -> Iterator[Checked]:
    with connection.cursor() as cursor:
        cursor.execute(_SCHEMA, [[use.name for use in uses]])
        there = {name: rest for name, *rest in cursor.fetchall()}
    for use in uses:
        if use.name not in there:
            yield Checked(use, "is missing")
            continue
        table, valid, scans, size, rows = there[use.name]
        if table != use.table:
            yield Checked(use, f"is on {table}")
        elif not valid:
            yield Checked(use, "is invalid: a migration was broken off while it made it. REINDEX INDEX CONCURRENTLY")
        else:
            now = use.name in use.query().explain()
            useless = not now and rows >= SMALL
            problem = "is there, but the planner takes another way for the query that it is for" if useless else ""
            yield Checked(use, problem, scans, size, now)
