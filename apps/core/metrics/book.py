"""A file in which one process counts. The kernel keeps what is written to it, also when the process is killed.

A header of eight bytes says how much of the file is used. Entries follow: the lengths of the key and of its row of
numbers (two 32-bit integers), the key padded to eight bytes, the numbers (64-bit floats). An entry is complete before
the header counts it, and a number is changed by one aligned write, so a reader never meets half of either.
"""

import fcntl
import logging
import mmap
import os
import struct
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

logger = logging.getLogger(__name__)

SUFFIX = ".counts"
_FIRST_SIZE = 64 * 1024
MAX_SIZE = 8 * 1024 * 1024
_HEADER = struct.Struct("q")
_LENGTHS = struct.Struct("ii")
_NUMBER = struct.Struct("d")


class Book:
    """The file of this process, locked for as long as the process lives: that is how others know that it does.

    Room is reserved before it is mapped. Writing to a mapped page for which the disk has none would kill the process.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{identity}{SUFFIX}"
        # Nobody sees it before it is locked: unlocked it would be taken for a dead process' file, and be removed.
        draft = folder / f"{identity}.new"
        self._descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.posix_fallocate(self._descriptor, 0, _FIRST_SIZE)
            self._map = mmap.mmap(self._descriptor, _FIRST_SIZE)
            self._map[0:8] = _HEADER.pack(_HEADER.size)
            draft.rename(self.path)
        except OSError:
            os.close(self._descriptor)
            draft.unlink(missing_ok=True)
            raise
        self._used = _HEADER.size
        self._places: dict[str, int] = {}
        self._lock = threading.Lock()

    def place(self, key: str, numbers: int) -> int:
        """Return where the row of ``key`` begins; a new one is zeros. Raises ``OSError`` when there is no room."""
        with self._lock:
            found = self._places.get(key)
            return self._enter(key, numbers) if found is None else found

    def add(self, place: int, changes: Sequence[tuple[int, float]]) -> None:
        """Add to numbers of the row at ``place``, each given by its index."""
        with self._lock:
            for index, amount in changes:
                at = place + 8 * index
                (before,) = _NUMBER.unpack_from(self._map, at)
                self._map[at : at + 8] = _NUMBER.pack(before + amount)

    def put(self, place: int, number: float) -> None:
        """Set the first number of the row at ``place``."""
        with self._lock:
            self._map[place : place + 8] = _NUMBER.pack(number)

    def leave_to_parent(self) -> None:
        """After a fork, in the child: let go without a trace. The lock is the parent's and stays."""
        self._map.close()
        os.close(self._descriptor)

    def _enter(self, key: str, numbers: int) -> int:
        name = key.encode()
        padded = name.ljust(-(-len(name) // 8) * 8)
        entry = _LENGTHS.pack(len(name), numbers) + padded + bytes(8 * numbers)
        self._make_room(self._used + len(entry))
        self._map[self._used : self._used + len(entry)] = entry
        place = self._used + _LENGTHS.size + len(padded)
        self._used += len(entry)
        self._map[0:8] = _HEADER.pack(self._used)
        self._places[key] = place
        return place

    def _make_room(self, wanted: int) -> None:
        size = len(self._map)
        while size < wanted:
            size *= 2
        if size > MAX_SIZE:
            raise OSError(f"more than {MAX_SIZE} bytes of figures in one process")
        if size > len(self._map):
            os.posix_fallocate(self._descriptor, 0, size)
            larger = mmap.mmap(self._descriptor, size)
            self._map.close()
            self._map = larger


def entries(path: Path) -> Iterator[tuple[str, list[float]]]:
    """Yield keys and rows of a file, also while its process goes on writing. What is damaged ends it with a warning."""
    data = path.read_bytes()
    if len(data) < _HEADER.size:
        return
    (used,) = _HEADER.unpack_from(data)
    at = _HEADER.size
    try:
        while at < used:
            length, numbers = _LENGTHS.unpack_from(data, at)
            at += _LENGTHS.size
            key = data[at : at + length].decode()
            at += -(-length // 8) * 8
            yield key, list(struct.unpack_from(f"{numbers}d", data, at))
            at += 8 * numbers
    except (struct.error, UnicodeDecodeError):
        logger.warning("Figures of %s are damaged from byte %d on", path.name, at)


def is_alive(path: Path) -> bool:
    """Whether the process that counts in this file lives: it holds a lock that the kernel takes back at its end."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)
