"""The runbooks of the platform itself, one module for each incident."""

from apps.core.runbooks.books import (
    backups,
    bad_release,
    beat_late,
    certificate,
    database_connections,
    database_down,
    disk_full,
    errors,
    failed_jobs,
    high_cpu,
    high_memory,
    redis_down,
    schedule_failing,
    site_down,
    slow_queries,
    slow_requests,
    static_files,
    worker_stuck,
)
from apps.core.runbooks.registry import register

_BOOKS = (
    bad_release,
    beat_late,
    certificate,
    database_connections,
    database_down,
    disk_full,
    errors,
    failed_jobs,
    high_cpu,
    high_memory,
    redis_down,
    schedule_failing,
    site_down,
    slow_queries,
    slow_requests,
    static_files,
    worker_stuck,
)


def register_all() -> None:
    """Make the platform's runbooks known."""
    for book in _BOOKS:
        register(book.RUNBOOK)
    register(backups.BACKUP_OLD)
    register(backups.BACKUP_DRILL)
