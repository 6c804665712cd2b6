"""The proof of a set: restored into a cluster of its own and compared, table by table."""

from pathlib import Path
from typing import Any

from apps.core.backups import configuration as configurations
from apps.core.backups import files, loading, locking, media, opening, places, records, scratch, servers, sets
from apps.core.backups.configuration import Configuration
from apps.core.models import BackupRecord

TRIED = "proof"  # the database's name in the scratch cluster


def verify(
    *,
    actor: Any,
    name: str = sets.LATEST,
    key_file: Path | None = None,
    kind: str = BackupRecord.Kind.VERIFY,
    occasion: str | None = None,
) -> sets.Set:
    """Restore the set ``name`` aside and compare all of it. The site's database is not looked at.

    Args:
        actor: Who asked.
        name: An id, also of a set at the second place only, or ``latest``.
        key_file: With the secret key; else BACKUP_IDENTITY_FILE.
        kind: How the act is called in the history.
        occasion: What a scheduled act is for.

    Raises:
        Damaged: It is not what was backed up.
        BackupRefused: It could not be tried.
    """
    configuration = configurations.current()
    with (
        locking.alone(configuration, what="a proof of a backup"),
        files.private(),
        records.kept(actor, kind, occasion=occasion) as record,
        files.faults_told(),
    ):
        if name != sets.LATEST:
            record.belongs_to(name)
            if not (configuration.sets / name).exists():
                places.fetch(configuration, name)
        one = _chosen(configuration, name)
        record.belongs_to(one.id, size=one.manifest.size)
        told = _prove(configuration, one, key_file)
        sets.note_verified(one)
        record.is_verified()
        record.says(told)
        return sets.read(configuration, one.id)


def _chosen(configuration: Configuration, name: str) -> sets.Set:
    """Return the set ``name``. The latest is the latest with a database, where there is one."""
    if name == sets.LATEST and any(one.manifest.database for one in sets.all_of(configuration)[0]):
        return sets.find(configuration, name, holding="database")
    return sets.find(configuration, name)


def _prove(configuration: Configuration, one: sets.Set, key_file: Path | None) -> str:
    opened = opening.open_set(configuration, one, key_file=key_file)
    told = []
    if opened.dump:
        page = one.manifest
        found = opening.check_server(page, int(page.database["server"]) // 10_000, to_serve=True)
        with scratch.cluster(configuration, found, page.database["shape"]) as server:
            with server.connect(servers.MAINTENANCE) as connection:
                connection.execute(f"CREATE DATABASE {TRIED} TEMPLATE template0")
            loading.load(configuration, found, opened.dump, server, TRIED, grants=False)
            loading.compare(page, server, TRIED)
            loading.prove(page, server, TRIED)
        tables = page.database["tables"]
        rows = sum(table["rows"] for table in tables.values())
        told.append(f"{len(tables)} tables with {rows} rows as they were")
    if one.manifest.media:
        count = media.check(configuration, opened.listing, sealed=one.manifest.sealed, keys=opened.keys)
        told.append(f"{count} uploads as they were")
    return ", ".join(told) + "."
