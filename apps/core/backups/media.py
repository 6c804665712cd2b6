"""Uploads: kept once for each content, listed by name in every set.

A file is known again by name, size and time, so that only new ones are read. Its content lies under its SHA-256.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.db.models import FileField
from psycopg import sql
from pyrage import x25519

from apps.core.backups import files, sealing
from apps.core.backups.configuration import Configuration
from apps.core.backups.errors import Damaged
from apps.core.backups.servers import Connection

LIST = "media.json"


@dataclass(frozen=True)
class Kept:
    """One upload in a set: its content's hash and size in bytes, and its time when it was read."""

    sha256: str
    size: int
    stamp: str


Listing = dict[str, Kept]


def as_bytes(listing: Listing) -> bytes:
    told = {name: [kept.sha256, kept.size, kept.stamp] for name, kept in sorted(listing.items())}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def from_bytes(content: bytes) -> Listing:
    return {name: Kept(*told) for name, told in json.loads(content).items()}


def object_path(configuration: Configuration, sha256: str, *, sealed: bool) -> Path:
    return configuration.objects / sha256[:2] / (sha256 + (sealing.ENDING if sealed else ""))


def keep(configuration: Configuration, known: Listing, to: list[x25519.Recipient]) -> Listing:
    """Keep all uploads that are there now; those of ``known`` are not read again. Returns what is there."""
    listing: Listing = {}
    for name, size, stamp in _uploads(default_storage):
        before = known.get(name)
        if before and (before.size, before.stamp) == (size, stamp) and _is_kept(configuration, before, to):
            listing[name] = before
            continue
        try:
            listing[name] = _keep_one(configuration, name, stamp, to)
        except FileNotFoundError:  # deleted since it was listed
            continue
    return listing


def _is_kept(configuration: Configuration, kept: Kept, to: list[x25519.Recipient]) -> bool:
    return object_path(configuration, kept.sha256, sealed=bool(to)).exists()


def _keep_one(configuration: Configuration, name: str, stamp: str, to: list[x25519.Recipient]) -> Kept:
    copy = configuration.work / "upload"
    with default_storage.open(name) as upload, copy.open("wb") as output:
        for chunk in upload.chunks():
            output.write(chunk)
    recognised = files.print_of(copy)
    target = object_path(configuration, recognised.sha256, sealed=bool(to))
    if not target.exists():
        target.parent.mkdir(exist_ok=True, mode=0o700)
        draft = sealing.seal(copy, target.parent / f"{recognised.sha256}.part", to)
        files.sync(draft)
        draft.replace(target)
        files.sync(target.parent)
    copy.unlink()
    return Kept(recognised.sha256, recognised.size, stamp)


def _uploads(storage: Storage, folder: str = "") -> Iterator[tuple[str, int, str]]:
    """Yield name, size and a word for the time of change of every upload."""
    if isinstance(storage, FileSystemStorage):
        root = Path(storage.location)
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.is_symlink() and not _is_half(path):
                status = path.stat()
                yield path.relative_to(root).as_posix(), status.st_size, str(status.st_mtime_ns)
        return
    folders, names = storage.listdir(folder)
    for name in sorted(names):
        path_there = f"{folder}/{name}" if folder else name
        yield path_there, storage.size(path_there), storage.get_modified_time(path_there).isoformat()
    for inner in sorted(folders):
        yield from _uploads(storage, f"{folder}/{inner}" if folder else inner)


def _is_half(path: Path) -> bool:
    """Whether a killed restore left it half-written."""
    return path.name.startswith(".") and path.name.endswith(".part")


def referenced(connection: Connection) -> set[str]:
    """Return the names that rows point at, in the transaction of ``connection``."""
    names: set[str] = set()
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for column in model._meta.local_fields:
            if isinstance(column, FileField):
                statement = sql.SQL("SELECT {0} FROM {1} WHERE {0} <> ''").format(
                    sql.Identifier(str(column.column)), sql.Identifier(model._meta.db_table)
                )
                names.update(row[0] for row in connection.execute(statement))
    return names


def check(configuration: Configuration, listing: Listing, *, sealed: bool, keys: list[x25519.Identity]) -> int:
    """Open every upload of a set and compare its hash. Returns how many. Raises ``Damaged``."""
    opened = configuration.work / "upload"
    for kept in {kept.sha256: kept for kept in listing.values()}.values():
        _open(configuration, kept, sealed=sealed, keys=keys, target=opened)
        opened.unlink()
    return len(listing)


def _open(configuration: Configuration, kept: Kept, *, sealed: bool, keys: list[x25519.Identity], target: Path) -> None:
    source = object_path(configuration, kept.sha256, sealed=sealed)
    if not source.exists():
        raise Damaged(f"The upload {kept.sha256[:12]}… is missing in {configuration.objects}.")
    sealing.open_(source, target, keys)
    if files.print_of(target) != files.Print(kept.size, kept.sha256):
        raise Damaged(f"The upload {kept.sha256[:12]}… is not what was written.")


def put_back(
    configuration: Configuration, listing: Listing, *, sealed: bool, keys: list[x25519.Identity], set_id: str
) -> dict[str, int]:
    """Write the uploads of a set that are missing or other ones; what they replace is moved aside, nothing is deleted.

    Returns:
        How many were written, and how many of them took the place of another content.
    """
    opened = configuration.work / "upload"
    told = {"written": 0, "replaced": 0}
    there = {name: size for name, size, _ in _uploads(default_storage)}
    for name, kept in listing.items():
        if name in there:
            if there[name] == kept.size and _hash_of(configuration, name) == kept.sha256:
                continue
            _move_aside(configuration, name, set_id)
            told["replaced"] += 1
        _open(configuration, kept, sealed=sealed, keys=keys, target=opened)
        _store(name, opened)
        told["written"] += 1
        opened.unlink()
    return told


def _hash_of(configuration: Configuration, name: str) -> str:
    copy = configuration.work / "there"
    with default_storage.open(name) as upload, copy.open("wb") as output:
        for chunk in upload.chunks():
            output.write(chunk)
    found = files.print_of(copy).sha256
    copy.unlink()
    return found


def _move_aside(configuration: Configuration, name: str, set_id: str) -> None:
    aside = configuration.folder / "replaced" / set_id / name
    aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with default_storage.open(name) as upload:
        aside.write_bytes(upload.read())
    default_storage.delete(name)


def _store(name: str, source: Path) -> None:
    if isinstance(default_storage, FileSystemStorage):
        root, target = Path(default_storage.location), Path(default_storage.path(name))
        _make_folder(root, target.parent)
        draft = target.with_name(f".{target.name}.part")
        draft.write_bytes(source.read_bytes())
        _like(root, draft, mode=0o644)
        draft.replace(target)
        return
    storage: Any = default_storage
    with source.open("rb") as content:
        storage.save(name, content)


def _make_folder(root: Path, folder: Path) -> None:
    """Make the folders of an upload as open as the root is: nginx reads them, and we write with a closed umask."""
    if folder.exists():
        return
    if folder != root:
        _make_folder(root, folder.parent)
    folder.mkdir(parents=True, exist_ok=True)
    _like(root, folder, mode=0o755 if folder == root else stat.S_IMODE(root.stat().st_mode))


def _like(root: Path, path: Path, *, mode: int) -> None:
    path.chmod(mode)
    if os.geteuid() == 0:  # a restore by root must not take the files from the site
        os.chown(path, root.stat().st_uid, root.stat().st_gid)
