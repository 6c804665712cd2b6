"""The checks. Each opens a connection of its own with short timeouts: the pool may be what is exhausted."""

import contextlib
import functools
import importlib.util
import os
import pkgutil
import shutil
import tempfile
from pathlib import Path

import redis
from django.apps import apps
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.core.health import postgresql
from apps.core.health.probes import TIMEOUT, NotReady

DISK_FREE_BYTES = 256 * 1024 * 1024
PROBE_KEY = "deltacrown:health"


def database() -> None:
    if _query("SELECT 1") != [("1",)]:
        raise NotReady("answers wrongly")


def migrations() -> None:
    """Ask whether the database is as this release expects it. More than that is fine: the next release may be there."""
    missing = _expected_migrations().difference(_query("SELECT app, name FROM django_migrations"))
    if missing:
        raise NotReady(f"{len(missing)} not applied")


def redis_server(url: str) -> None:
    """Write to a Redis: one that only reads (a full disk, a replica) serves nobody."""
    client = redis.Redis.from_url(
        url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0)
    )
    with contextlib.closing(client):
        client.set(PROBE_KEY, "1", ex=60)


def storage() -> None:
    """Ask whether uploads can be stored: of a folder, whether it can be written; of S3, whether it answers."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("health")
    elif not os.access(_nearest_folder(Path(default_storage.location)), os.W_OK | os.X_OK):
        raise NotReady("cannot be written")


def disk() -> None:
    """Look at every disk that is written to: files of the site, logs, uploads while they arrive."""
    for folder in (settings.BASE_DIR, settings.LOG_DIR, tempfile.gettempdir()):
        if folder and shutil.disk_usage(_nearest_folder(Path(folder))).free < DISK_FREE_BYTES:
            raise NotReady("nearly full")


def _query(sql: str) -> list[tuple[str, ...]]:
    """Run ``sql`` on a connection of its own and return the rows as texts."""
    if connection.vendor == "postgresql":
        return postgresql.ask(postgresql.conninfo(), sql, TIMEOUT)
    copy = connection.copy()
    with contextlib.closing(copy), copy.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(str(value) for value in row) for row in cursor.fetchall()]


@functools.cache
def _expected_migrations() -> frozenset[tuple[str, ...]]:
    """All migrations of this release, by their files: Django's own loader imports each, which takes too long here."""
    found: set[tuple[str, ...]] = set()
    for app in apps.get_app_configs():
        package, _ = MigrationLoader.migrations_module(app.label)
        if package and importlib.util.find_spec(package):
            folder = importlib.import_module(package).__path__
            found.update(
                (app.label, module.name) for module in pkgutil.iter_modules(folder) if module.name[0] not in "_~"
            )
    return frozenset(found)


def _nearest_folder(folder: Path) -> Path:
    """A folder that is made when it is first needed is as good as the one that it will be made in."""
    while not folder.is_dir():
        folder = folder.parent
    return folder
