"""Logging: what settings, the servers and Celery put into ``logging.config.dictConfig``. See docs/logging.md."""

from apps.core.logging.configuration import configuration

__all__ = ["configuration"]
