"""The places away from here: buckets of other accounts. The folder is the first place and always has the set.

One that is away fails nothing that is done here: it is named, and the next run brings what it lacks.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from apps.core.backups import configuration as configurations
from apps.core.backups import files, locking, manifest, media, sealing, sets
from apps.core.backups.buckets import ERRORS, Bucket
from apps.core.backups.configuration import S3, Configuration
from apps.core.backups.errors import BackupRefused, Damaged
from apps.core.models import BackupRecord

LOCAL = "folder"
_PART = re.compile(r"(database/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
_OBJECT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}(\.age)?")
MISSED = timedelta(days=7)  # younger sets that a place lacks are brought there by the next run


@dataclass(frozen=True)
class There:
    """What the places told: the complete sets of each by its name, newest first, and who did not answer."""

    sets: dict[str, list[str]]
    warnings: list[str]


def bring(configuration: Configuration, one: sets.Set) -> tuple[list[str], list[str]]:
    """Bring a set to every place, its page last. Returns where it is now, and what is in the way of other places."""
    where, warnings = [LOCAL], []
    for remote in configuration.remotes:
        try:
            _bring(configuration, one, remote)
            where.append(remote.name)
        except (*ERRORS, BackupRefused) as error:
            warnings.append(f"The set {one.id} is in {one.folder}, but not at {remote}: {_told(error)}")
    return where, warnings


def _bring(configuration: Configuration, one: sets.Set, remote: S3) -> None:
    bucket = Bucket(remote)
    for name in [*one.manifest.parts, manifest.SIGNATURE]:
        bucket.put(f"sets/{one.id}/{name}", one.folder / name)
    there = dict(bucket.sizes("media/")) if one.manifest.media else {}
    for path in _objects_of(configuration, one):
        key = f"media/{path.relative_to(configuration.objects).as_posix()}"
        if there.get(key) == path.stat().st_size:
            bucket.hold(key)
        else:
            bucket.put(key, path)
    bucket.put(f"sets/{one.id}/{manifest.NAME}", one.folder / manifest.NAME)


def complete(configuration: Configuration, *, reached: list[str], besides: str) -> list[str]:
    """Bring young sets that a place missed to those that were just ``reached``. Returns what is still in the way."""
    warnings: list[str] = []
    good, _ = sets.all_of(configuration)
    young = [one for one in good if timezone.now() - one.made_at <= MISSED and one.id != besides]
    for remote in configuration.remotes:
        if remote.name not in reached or not young:
            continue
        try:
            there = _ids(remote)
            for one in young:
                if one.id not in there:
                    _bring(configuration, one, remote)
                    note(one.id, remote.name)
        except (*ERRORS, BackupRefused) as error:
            warnings.append(f"{_capital(remote)} still lacks an earlier set: {_told(error)}")
    return warnings


def upload(*, name: str) -> tuple[sets.Set, list[str]]:
    """Bring a set that is in the folder to every other place. Returns it and its places.

    Raises:
        BackupRefused: No other place is named, or one did not take it.
        Busy: A backup runs.
    """
    configuration = configurations.current()
    if not configuration.remotes:
        raise BackupRefused("No second place is named: set BACKUP_S3_BUCKET.")
    with locking.alone(configuration, what="the upload of a backup"):
        one = sets.find(configuration, name)
        where, warnings = bring(configuration, one)
        for place in where:
            note(one.id, place)
    if warnings:
        raise BackupRefused(" ".join(warnings))
    return one, where


def note(set_id: str, place: str) -> None:
    """Write into the history that a set has come to a place later."""
    for row in BackupRecord.objects.filter(kind__in=BackupRecord.BACKUPS, set_id=set_id):
        row.places = [*row.places, *({place} - set(row.places))]
        row.save(update_fields=["places"])


def _objects_of(configuration: Configuration, one: sets.Set) -> list[Path]:
    """Return the uploads of the set. Its list may be sealed to a key that is not here: then all that there are."""
    if not one.manifest.media:
        return []
    if not one.manifest.sealed:
        listing = media.from_bytes((one.folder / media.LIST).read_bytes())
        return sorted({media.object_path(configuration, kept.sha256, sealed=False) for kept in listing.values()})
    return sorted(configuration.objects.glob(f"*/*{sealing.ENDING}"))


def look(configuration: Configuration) -> There:
    """Ask every place which sets are complete there. One that does not answer is named, and is none of ``sets``."""
    found: dict[str, list[str]] = {}
    warnings = []
    for remote in configuration.remotes:
        try:
            found[remote.name] = _ids(remote)
        except ERRORS as error:
            warnings.append(f"{_capital(remote)} does not answer: {_told(error)}")
    return There(found, warnings)


def _ids(remote: S3) -> list[str]:
    keys = [key for key, _ in Bucket(remote).sizes("sets/")]
    return sorted({key.split("/")[1] for key in keys if key.endswith(f"/{manifest.NAME}")}, reverse=True)


def fetch(configuration: Configuration, set_id: str) -> None:
    """Bring a set back into the folder from the first place that has it whole. Nothing happens when it is there.

    Called with the lock.

    Raises:
        Damaged: What came is not what the page says.
        BackupRefused: It is nowhere, or no other place is named.
    """
    final = configuration.sets / set_id
    if final.exists():
        return
    if not configuration.remotes:
        raise BackupRefused(f"There is no set {set_id} in {configuration.sets}, and no second place is named.")
    refusals: list[BackupRefused] = []
    for remote in configuration.remotes:
        draft = configuration.sets / f"{set_id}.part"
        files.empty(draft)
        try:
            _fetch(configuration, set_id, remote, draft)
        except BackupRefused as error:
            refusals.append(error)
        except ERRORS as error:
            refusals.append(BackupRefused(f"{_capital(remote)} did not give {set_id}: {_told(error)}"))
        else:
            draft.rename(final)
            return
        files.remove(draft)
    worst = next((one for one in refusals if isinstance(one, Damaged)), None)
    raise type(worst or refusals[0])(" ".join(one.message for one in refusals))


def _fetch(configuration: Configuration, set_id: str, remote: S3, draft: Path) -> None:
    bucket = Bucket(remote)
    keys = [key for key, _ in bucket.sizes(f"sets/{set_id}/")]
    if f"sets/{set_id}/{manifest.NAME}" not in keys:
        raise BackupRefused(f"{_capital(remote)} has no complete set {set_id}.")
    for key in keys:
        name = key.removeprefix(f"sets/{set_id}/")
        if not _PART.fullmatch(name):  # nobody who can write there chooses where we write
            raise Damaged(f"{_capital(remote)} has {key!r}, which is no part of a set.")
        bucket.get(key, draft / name)
    page = manifest.read(draft)
    manifest.check_parts(page, draft)
    if page.id != set_id:
        raise Damaged(f"{_capital(remote)} has the set {page.id} under the name {set_id}.")
    if not page.media:
        return
    for key, _ in bucket.sizes("media/"):
        name = key.removeprefix("media/")
        target = configuration.objects / name
        if _OBJECT.fullmatch(name) and not target.exists():
            part = target.with_name(target.name + ".part")
            bucket.get(key, part)
            part.replace(target)


def forget(
    configuration: Configuration, told: There, set_ids: list[str], needed: set[str] | None
) -> tuple[list[str], set[str]]:
    """Delete sets, their pages first, and uploads that are not ``needed`` (None: nobody knows, so all stay).

    A key that may only add, a lock of the bucket, or a place that is away keeps nothing here from going.

    Returns:
        What a place keeps, and why; and the sets to ask for again.
    """
    kept: list[str] = []
    owed: set[str] = set()
    expected = {*sets.ids(configuration), *set_ids}
    for remote in configuration.remotes:
        if remote.name not in told.sets:
            owed.update(set_ids)
            continue
        bucket, there = Bucket(remote), told.sets[remote.name]
        leaving = [set_id for set_id in set_ids if set_id in there]
        try:
            for set_id in leaving:
                keys = [key for key, _ in bucket.sizes(f"sets/{set_id}/")]
                bucket.delete(sorted(keys, key=lambda key: not key.endswith(manifest.NAME)))
            # Sets that another machine or another time left there need what none here does.
            if needed is not None and expected.issuperset(there):
                bucket.delete([key for key, _ in bucket.sizes("media/") if key.rpartition("/")[2] not in needed])
        except ERRORS as error:
            kept.append(f"{_capital(remote)} keeps {len(leaving)} expired sets: {_told(error)}")
            owed.update(leaving)
    return kept, owed


def _capital(remote: S3) -> str:
    text = str(remote)
    return text[0].upper() + text[1:]


def _told(error: Exception) -> str:
    return str(error).rstrip(".") + "."
