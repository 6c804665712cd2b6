"""The folder with the files of all processes of this machine, living and dead, added up.

Files of dead processes are merged into one and removed, so that recycled workers leave nothing behind. The merged file
names whose counts it holds: when the merging process is killed before it has removed them, nobody counts them twice.
"""

import contextlib
import fcntl
import json
import logging
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from apps.core.metrics import book

logger = logging.getLogger(__name__)

MERGED = "dead.json"
LOCK = "lock"
# A key begins with the kind of its instrument; what only a living process has ends with it.
LIVE = '["live"'

Rows = dict[str, list[float]]


@dataclass
class _Dead:
    """What processes that ended have counted, and their names as long as their files may still lie there."""

    names: list[str] = field(default_factory=list)
    rows: Rows = field(default_factory=dict)


def read(folder: Path) -> Rows:
    """Return the sums over all processes, by key. Of a folder that does not exist yet: nothing."""
    if not folder.is_dir():
        return {}
    with _locked(folder, fcntl.LOCK_SH):
        dead = _read_dead(folder)
        total = {key: list(row) for key, row in dead.rows.items()}
        ended = False
        for path in _files(folder):
            if path.stem in dead.names:
                ended = True
                continue
            alive = book.is_alive(path)
            ended |= not alive
            _add(total, path, live=alive)
    if ended:
        merge(folder)
    return total


def merge(folder: Path) -> int:
    """Merge the files of processes that ended. Returns how many; 0 when another process does it or the disk is full."""
    try:
        with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            return _merge(folder)
    except BlockingIOError:
        return 0
    except OSError as error:
        # The files stay as they are and go on being counted one by one.
        logger.warning("Figures of ended processes could not be merged: %s", error.strerror)
        return 0


def _merge(folder: Path) -> int:
    dead = _read_dead(folder)
    ended = [path for path in _files(folder) if not book.is_alive(path)]
    fresh = [path for path in ended if path.stem not in dead.names]
    for path in fresh:
        _add(dead.rows, path, live=False)
    dead.names = [path.stem for path in ended]
    draft = folder / f"{MERGED}.{secrets.token_hex(4)}"
    try:
        draft.write_text(json.dumps({"names": dead.names, "rows": dead.rows}))
        draft.replace(folder / MERGED)
    finally:
        draft.unlink(missing_ok=True)
    for path in ended:
        path.unlink(missing_ok=True)
    return len(fresh)


def _add(total: Rows, path: Path, *, live: bool) -> None:
    for key, row in book.entries(path):
        if not live and key.startswith(LIVE):
            continue
        before = total.get(key)
        total[key] = row if before is None else [old + new for old, new in zip(before, row, strict=True)]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{book.SUFFIX}"))


def _read_dead(folder: Path) -> _Dead:
    try:
        told = json.loads((folder / MERGED).read_text())
        return _Dead(list(told["names"]), dict(told["rows"]))
    except FileNotFoundError:
        return _Dead()
    except (ValueError, KeyError, TypeError):
        # After a power cut on a disk. Prometheus takes smaller numbers for a restart, which it was.
        logger.warning("The merged figures of ended processes are damaged; they begin anew")
        return _Dead()


@contextlib.contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
