"""The sets in the folder, newest first, and what is remembered beside each."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from apps.core.backups import files, manifest
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import BackupRefused, Damaged
from apps.core.backups.manifest import Manifest

NOTE = "verified.json"  # beside the parts and not one of them: the set itself never changes
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}\Z")
LATEST = "latest"
AHEAD = timedelta(hours=1)  # clocks of two machines may differ by less


@dataclass(frozen=True)
class Set:
    """A set whose page is in order. ``verified_at`` is when it was last restored and compared."""

    folder: Path
    manifest: Manifest
    verified_at: datetime | None
    warnings: tuple[str, ...] = ()  # what was met while it was made: a place that is away

    @property
    def id(self) -> str:
        return self.manifest.id

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest.made_at)


@dataclass(frozen=True)
class Broken:
    """A folder that should be a set and is none."""

    id: str
    reason: str


def ids(configuration: Configuration) -> list[str]:
    """Return the names of all complete folders, newest first."""
    if not configuration.sets.exists():
        return []
    return sorted((path.name for path in configuration.sets.iterdir() if _ID.match(path.name)), reverse=True)


def all_of(configuration: Configuration) -> tuple[list[Set], list[Broken]]:
    """Return the sets, newest first, and what is broken. Reads the pages only, not the parts."""
    good, broken = [], []
    for name in ids(configuration):
        try:
            good.append(read(configuration, name))
        except BackupRefused as error:
            broken.append(Broken(name, error.message))
    return good, broken


def read(configuration: Configuration, name: str) -> Set:
    """Return one set. Raises ``Damaged`` or ``BackupRefused``."""
    folder = configuration.sets / name
    page = manifest.read(folder)
    if page.id != name:
        raise Damaged(f"The folder {name} holds the set {page.id}.")
    return Set(folder, page, _verified_at(folder))


def find(configuration: Configuration, name: str, *, holding: str | None = None) -> Set:
    """Return the set ``name``, or the newest for ``latest``.

    Args:
        configuration: Where to look.
        name: An id or ``latest``.
        holding: ``database`` or ``media`` when the set must have it.

    Raises:
        BackupRefused: There is none, or it does not hold that.
    """
    if name == LATEST:
        good, broken = all_of(configuration)
        for one in sorted(good, key=_is_of_tomorrow):
            if holding is None or getattr(one.manifest, holding):
                return one
        unreadable = f" {len(broken)} cannot be read: {broken[0].reason}" if broken else ""
        raise BackupRefused(f"There is no {holding or 'backup'} set in {configuration.sets}.{unreadable}")
    check_id(name)
    if not (configuration.sets / name).is_dir():
        raise BackupRefused(f"There is no set {name} in {configuration.sets}. `backup list` shows what there is.")
    found = read(configuration, name)
    if holding and not getattr(found.manifest, holding):
        raise BackupRefused(f"The set {name} holds no {holding}: it is of kind {found.manifest.kind}.")
    return found


def check_id(name: str) -> None:
    """Raise ``BackupRefused`` unless ``name`` could be the id of a set."""
    if not _ID.match(name):
        raise BackupRefused(
            f"{name!r} is not the id of a set, such as 20261129T010000Z-3f2a. `backup list` shows them."
        )


def _is_of_tomorrow(one: Set) -> bool:
    """Whether a clock that went wrong gave it its time. It is the newest of all for as long as that lies ahead."""
    return one.made_at > timezone.now() + AHEAD


def note_verified(one: Set) -> None:
    """Remember that ``one`` was restored and compared."""
    files.write(one.folder / NOTE, json.dumps({"verified_at": timezone.now().astimezone(UTC).isoformat()}).encode())


def _verified_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads((folder / NOTE).read_text())["verified_at"])
    except (OSError, ValueError, KeyError):
        return None
