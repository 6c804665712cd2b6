"""Files that are there wholly or not at all, also after a power cut."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apps.core.backups.errors import BackupRefused

OPEN_TO_US = 0o077  # umask: nobody else reads what is written


@dataclass(frozen=True)
class Print:
    """What a file is recognised by. ``size`` is in bytes."""

    size: int
    sha256: str


def print_of(path: Path) -> Print:
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Print(path.stat().st_size, digest)


@contextmanager
def private() -> Iterator[None]:
    """Write files and folders that only this user can read."""
    before = os.umask(OPEN_TO_US)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def faults_told() -> Iterator[None]:
    """Say in a sentence what the disk refused: it is full, or a folder is not ours. Raises ``BackupRefused``."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupRefused(
            f"The disk did not take it: {error.strerror or error}{where}. Nothing half-made stays."
        ) from error


def sync(path: Path) -> None:
    """Have the disk hold a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Have the disk hold everything below ``folder``."""
    for path in folder.rglob("*"):
        sync(path)
    sync(folder)


def write(path: Path, content: bytes) -> None:
    """Write a file in one step."""
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(path)
    sync(path.parent)


def empty(folder: Path) -> None:
    """Leave ``folder`` there, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)


def give_back(folder: Path) -> None:
    """Let all that root made below ``folder`` belong to whom the folder belongs to: the site and its timers need it."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return
    for path in folder.rglob("*"):
        if path.lstat().st_uid == 0:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def remove(folder: Path) -> None:
    """Remove ``folder`` with what is in it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)


def below(folder: Path) -> dict[str, Path]:
    """Return all files below ``folder`` by their path from there, with slashes."""
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
