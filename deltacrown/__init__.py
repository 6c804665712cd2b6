"""Wiring of the platform: settings, URLs, servers. No domain code."""

from deltacrown.celery import app as celery_app

__all__ = ["celery_app"]
