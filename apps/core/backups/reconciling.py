"""What else remembers, besides the database: jobs under way, messages, caches, and mail that must not go twice."""

import logging

import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from psycopg import sql

from apps.core.backups.manifest import Manifest
from apps.core.backups.servers import Live
from apps.core.models import BackupRecord, Job, OutgoingHold

logger = logging.getLogger(__name__)


def prepare(site: Live, name: str, page: Manifest) -> int:
    """Put a restored database in order before it goes live. Returns how many jobs will be sent again.

    Jobs that were queued or running then are queued: some were done after the backup. So what leaves the house is held.
    """
    now = timezone.now()
    with site.server.connect(name, autocommit=False) as connection:
        resent = connection.execute(
            _named(
                "UPDATE {} SET state = 'queued', lease_token = NULL, lease_expires_at = NULL, dispatched_at = NULL "
                "WHERE state IN ('queued', 'running')",
                Job,
            )
        ).rowcount
        connection.execute(
            _named("INSERT INTO {} (id, since, reason) VALUES (1, %s, %s) ON CONFLICT (id) DO NOTHING", OutgoingHold),
            [now, f"The database was restored from {page.id}."],
        )
        # The set was being made when it looked at this table.
        connection.execute(_named("DELETE FROM {} WHERE state = 'running'", BackupRecord))
        row = (
            "INSERT INTO {} (kind, set_id, state, started_at, finished_at, verified_at, size, places, message) "
            "VALUES (%s, %s, 'succeeded', %s, %s, %s, %s, '[\"folder\"]', %s)"
        )
        made = page.made_at
        connection.execute(_named(row, BackupRecord), [page.kind, page.id, made, made, now, page.size, ""])
        connection.execute(
            _named(row, BackupRecord),
            ["restore", page.id, now, now, now, page.size, "Restored, compared and swapped in."],
        )
    return resent


def _named(statement: str, model: type[Job | OutgoingHold | BackupRecord]) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(model._meta.db_table))


def flush() -> list[str]:
    """Empty cache and broker: both speak of rows that may not exist any more. Jobs are sent again from their rows.

    Returns:
        What did not answer, as sentences.
    """
    told = []
    cache.clear()
    urls = {settings.CELERY_BROKER_URL} | ({settings.CACHES["default"].get("LOCATION", "")})
    for url in sorted(url for url in urls if str(url).startswith(("redis", "unix"))):
        try:
            with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5) as server:
                server.flushdb()
        except (redis.RedisError, OSError) as error:
            logger.exception("Redis could not be emptied after a restore", exc_info=error)
            told.append("A Redis server did not answer and still holds what was before: run `redis-cli FLUSHDB` there.")
    return told
