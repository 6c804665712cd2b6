"""Restoring a set: checked, restored beside, compared, put in order; only then the site closes for the swap.

Whatever kills it, the live database is the old one or the new one, and the site is open. The next run goes on.
"""

import json
import logging
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from django.utils import timezone

from apps.core import slots
from apps.core.backups import (
    beside,
    files,
    guard,
    locking,
    media,
    opening,
    places,
    reconciling,
    records,
    servers,
    sets,
)
from apps.core.backups import (
    configuration as configurations,
)
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused
from apps.core.backups.servers import Live
from apps.core.models import BackupRecord

logger = logging.getLogger(__name__)

JOURNAL = "restore.json"
# A slot of higher apps, filled with ``() -> None``. Called once the site serves what was restored.
AFTERWARDS = "backup_restored"


@dataclass(frozen=True)
class Restored:
    """What a restore did. ``old`` is where the database from before is kept."""

    set_id: str
    old: str
    migrated: int = 0
    resent_jobs: int = 0
    uploads: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    continued: bool = False


def restore(*, actor: Any, name: str, key_file: Path | None = None) -> Restored:
    """Make the set ``name`` the site's data: the database, and uploads that are missing or changed.

    Args:
        actor: Who asked.
        name: An id or ``latest``. What came after it is lost to the site and kept in the old database.
        key_file: With the secret key; else BACKUP_IDENTITY_FILE.

    Raises:
        BackupRefused, Damaged: Before anything live was touched.
    """
    configuration = configurations.current()
    site = servers.live()
    with locking.alone(configuration, what="a restore"), files.private():
        guard.open_after_power_cut()
        if finished := _go_on(configuration, site):
            return finished
        try:
            with files.faults_told():
                return _restore(configuration, site, name, key_file)
        except BackupRefused as error:
            with records.kept(actor, BackupRecord.Kind.RESTORE) as record:
                record.belongs_to("" if name == sets.LATEST else name[:40])
                record.fails(error.message)
            raise


def _restore(configuration: Configuration, site: Live, name: str, key_file: Path | None) -> Restored:
    if name != sets.LATEST and not (configuration.sets / name).exists():
        places.fetch(configuration, name)
    one = sets.find(configuration, name, holding="database")
    page = one.manifest
    beside.check(page, site)
    beside.check_leavable(site)  # now, and not after the hours that a restore takes
    opened = opening.open_set(configuration, one, key_file=key_file)
    with beside.database(configuration, opened, site) as new:
        uploads = _put_back(configuration, opened)
        migrated = beside.migrate(page, site, new)
        if migrated:
            beside.analyse(site, new)
        resent = reconciling.prepare(site, new, page)
        old = beside.old_name(site, timezone.now().astimezone(UTC))
        _note(configuration, {"set": page.id, "old": old})
        with guard.closed(f"{guard.REASON}{page.id}"):
            warnings = reconciling.flush()
            beside.swap(site, new, old)
            reconciling.flush()
    sets.note_verified(one)
    _follow_up()
    (configuration.folder / JOURNAL).unlink()
    return Restored(page.id, old, migrated, resent, uploads, warnings)


def _put_back(configuration: Configuration, opened: opening.Opened) -> dict[str, int]:
    """Uploads come before the swap: when rows point at them, they are there."""
    if not opened.listing:
        return {}
    sealed = opened.manifest.sealed
    media.check(configuration, opened.listing, sealed=sealed, keys=opened.keys)
    return media.put_back(configuration, opened.listing, sealed=sealed, keys=opened.keys, set_id=opened.set.id)


def _follow_up() -> None:
    """Let higher apps start what has time until the site is open again."""
    for fill in slots.fillings(AFTERWARDS):
        fill()


def _note(configuration: Configuration, step: dict[str, str]) -> None:
    files.write(configuration.folder / JOURNAL, json.dumps(step).encode())


def _go_on(configuration: Configuration, site: Live) -> Restored | None:
    """Finish what a killed restore left: after the swap only the caches; before it nothing is worth keeping."""
    journal = configuration.folder / JOURNAL
    if not journal.exists():
        return None
    step = json.loads(journal.read_text())
    swapped = servers.exists(site.server, step["old"])
    if not swapped:
        beside.drop(site, site.name + beside.ENDING)
        journal.unlink()
        return None
    warnings = reconciling.flush()
    _follow_up()
    journal.unlink()
    return Restored(step["set"], step["old"], warnings=warnings, continued=True)


def drop_old(*, actor: Any, name: str) -> None:
    """Drop a database that a restore kept. Raises ``BackupRefused`` for any other name."""
    site = servers.live()
    if name not in beside.old_ones(site):
        kept = ", ".join(beside.old_ones(site)) or "none"
        raise BackupRefused(f"{name!r} is not a database that a restore kept. There are: {kept}.")
    beside.drop(site, name)
    logger.warning("The database %s was dropped by %s", name, actor or "the shell")
