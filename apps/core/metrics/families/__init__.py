"""The figures of the platform itself that are read when asked for. Other apps register theirs in their ``metrics``."""

from apps.core.metrics.families import database, jobs, services, system
from apps.core.metrics.sources import register


def register_all() -> None:
    for source in (*system.SOURCES, *services.SOURCES, *database.SOURCES, *jobs.SOURCES):
        register(source)
