"""What may be deleted when a disk is full, in the order of how little it is missed.

Never in it: backups, PostgreSQL's files (pg_wal least of all), uploads, what a process runs from, what is newer than a
day. Nothing outside the site's own folders is touched.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings

DAY = 86_400.0
KEPT_RELEASES = 3
_ROTATED = re.compile(r"\.log\.\d+(\.gz|\.zst|\.xz)?$|\.log-\d{8}.*$")
_LEFT_OVER = ("deltacrown-*", "*.upload", "*.upload.*")


@dataclass(frozen=True)
class Heap:
    """Files of one kind, with what they take together in bytes."""

    what: str
    paths: tuple[Path, ...]
    size: int

    def delete(self) -> str:
        """Delete them and say how much was freed. What is gone already is no error."""
        freed = 0
        for path in self.paths:
            size = size_of(path)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            if not path.exists():
                freed += size
        return f"Deleted {len(self.paths)} × {self.what}: {freed / 1024**2:.0f} MB."


def heaps(device: int, *, older_than: float = DAY) -> list[Heap]:
    """Return what lies on ``device`` and may go, the least missed first."""
    kinds: list[tuple[str, Iterator[Path]]] = [
        ("rotated log", _rotated_logs()),
        ("temporary file that was left behind", _left_over(max(older_than, 3600.0))),
        ("old release", _old_releases()),
        ("evidence of an earlier runbook", _old_evidence(30 * DAY)),
    ]
    found = []
    for what, paths in kinds:
        here = tuple(path for path in paths if _device(path) == device)
        if here:
            found.append(Heap(what, here, sum(size_of(path) for path in here)))
    return found


def size_of(path: Path) -> int:
    """Return how many bytes a file or a folder takes on its disk."""
    if path.is_dir() and not path.is_symlink():
        return sum(_blocks(Path(folder) / name) for folder, _, names in os.walk(path) for name in names)
    return _blocks(path)


def _blocks(path: Path) -> int:
    try:
        return path.lstat().st_blocks * 512
    except OSError:
        return 0


def _device(path: Path) -> int:
    try:
        return path.lstat().st_dev
    except OSError:
        return -1


def _age(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except OSError:
        return 0.0


def _rotated_logs() -> Iterator[Path]:
    """Yield logs that logrotate has put aside, the oldest first. The running log is never one of them."""
    if settings.LOG_DIR:
        folder = Path(settings.LOG_DIR)
        yield from sorted((path for path in folder.glob("*") if _ROTATED.search(path.name)), key=_age, reverse=True)


def _left_over(older_than: float) -> Iterator[Path]:
    in_use = open_files()
    folders = {Path(tempfile.gettempdir()), Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())}
    for folder in folders:
        for path in (path for pattern in _LEFT_OVER for path in folder.glob(pattern)):
            if _age(path) >= older_than and not any(path == used or path in used.parents for used in in_use):
                yield path


def _old_releases() -> Iterator[Path]:
    """Yield releases that no link names, no process runs from, and that are not among the newest."""
    folder = Path(settings.BASE_DIR).parent
    if folder.name != "releases":
        return
    linked = {link.resolve() for link in folder.parent.iterdir() if link.is_symlink()}
    releases = sorted((path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()), key=_age)
    in_use = _working_folders()
    for path in releases[KEPT_RELEASES:]:
        named = any(path == target or path in target.parents for target in linked)
        if not named and path != Path(settings.BASE_DIR) and not any(path == at or path in at.parents for at in in_use):
            yield path


def _old_evidence(older_than: float) -> Iterator[Path]:
    folder = Path(settings.EVIDENCE_DIR)
    yield from (path for path in folder.glob("*.json") if _age(path) >= older_than)


def _working_folders() -> set[Path]:
    found = set()
    for process in psutil.process_iter():
        try:
            found.add(Path(process.cwd()))
            found.add(Path(process.exe()))
        except psutil.Error:
            continue
    return found


def open_files() -> set[Path]:
    """Return what processes of this machine hold open, as far as we may look."""
    found = set()
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            found.add(Path(os.readlink(descriptor)))  # noqa: PTH115 - Path.readlink raises in the same way and costs more
        except OSError:
            continue
    return found


def deleted_but_open(device: int) -> list[tuple[int, str, int]]:
    """Return process, name and bytes of files that were deleted and are still held, the largest first."""
    found = []
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            name = os.readlink(descriptor)  # noqa: PTH115 - as above
            if not name.endswith(" (deleted)") or name.startswith("/memfd:"):
                continue
            facts = descriptor.stat()
        except OSError:
            continue
        if facts.st_dev == device:
            found.append((int(descriptor.parts[2]), name.removesuffix(" (deleted)"), facts.st_blocks * 512))
    return sorted(found, key=lambda row: -row[2])
