"""What timers and beat start: each day's backup and each week's drill, once, whoever comes first."""

import logging
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from apps.core.backups import configuration as configurations
from apps.core.backups import making, records, retention, sets, verifying
from apps.core.backups.errors import DoneAlready
from apps.core.errors import DomainError
from apps.core.models import BackupRecord

logger = logging.getLogger(__name__)


def back_up() -> sets.Set | None:
    """Make the backup of this day (UTC), delete what is expired, and say so to who waits for it.

    Returns:
        The set, or None when the day has one, and in development as long as there is no key.
    """
    if _is_not_wanted():
        return None
    occasion = f"backup {timezone.now():%Y-%m-%d}"
    if records.is_done(occasion):
        return None
    try:
        made = making.make(actor=None, occasion=occasion)
    except DoneAlready:
        return None
    try:
        pruned = retention.prune(actor=None)
        logger.info("Old backups: %d deleted. %s", len(pruned.deleted), pruned.because)
        for text in pruned.kept:
            logger.warning(text)
    except DomainError:
        logger.exception("Old backups could not be deleted")  # the new one is made all the same
    if not made.warnings:  # who waits for it hears of a place that is away by its silence
        _ping(configurations.current().ping_url)
    return made


def drill(*, key_file: Path | None = None) -> sets.Set | None:
    """Prove the newest set, once in each week (UTC). Returns None as ``back_up`` does."""
    if _is_not_wanted():
        return None
    occasion = f"drill {timezone.now():%G-%V}"
    if records.is_done(occasion):
        return None
    try:
        return verifying.verify(actor=None, key_file=key_file, kind=BackupRecord.Kind.DRILL, occasion=occasion)
    except DoneAlready:
        return None


def _is_not_wanted() -> bool:
    """A developer's demo data fills no disk day after day, unless somebody made a key for it."""
    return settings.ENVIRONMENT == "development" and not settings.BACKUP_RECIPIENTS


def _ping(url: str) -> None:
    if not url:
        return
    try:
        urllib.request.urlopen(url, timeout=10).close()  # noqa: S310 - the variable is checked to be http or https
    except (urllib.error.URLError, TimeoutError, ValueError):
        logger.exception("BACKUP_PING_URL does not answer")
