"""Writes down what was noticed, behind the back of who noticed it.

A failure happens in a transaction that is rolled back, and may be the database's own. So a note goes into a short line
in memory and a thread with a connection of its own writes it. A note may be lost, as with the process; a request never
waits for one.
"""

import atexit
import logging
import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connections

logger = logging.getLogger(__name__)

Note = TypeVar("Note")
WAITING = 500  # notes; more are dropped, so that a storm of errors fills no memory
NAME = "failure-writer"
FAREWELL = 1.0  # seconds that an ending process gives to what waits

_Work = Callable[[], object]


class Writer:
    """One thread for each process, started with the first note: a thread does not survive a fork."""

    def __init__(self) -> None:
        self._queue: queue.Queue[_Work] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._pid: int | None = None

    def put(self, work: _Work) -> None:
        """Have ``work`` done soon. Never raises and never waits."""
        if threading.current_thread().name == NAME:  # what fails while writing is not written: it would never end
            return
        self._start()
        try:
            self._queue.put_nowait(work)
        except queue.Full:
            return

    def flush(self, seconds: float = FAREWELL) -> None:
        """Wait until all that was put is done, or ``seconds`` have passed."""
        done = threading.Event()
        if self._pid != os.getpid():
            return
        try:
            self._queue.put(done.set, timeout=seconds)
        except queue.Full:
            return
        done.wait(seconds)

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._queue = queue.Queue(WAITING)
            self._pid = os.getpid()
            threading.Thread(target=self._run, args=(self._queue,), name=NAME, daemon=True).start()

    def _run(self, waiting: "queue.Queue[_Work]") -> None:
        while True:
            work = waiting.get()
            try:
                work()
            except (DatabaseError, InterfaceError):
                continue  # the log has what was noticed; the database that is away is told of by the health checks
            except Exception:
                logger.warning("What was noticed could not be written down", exc_info=True)
            finally:
                if waiting.empty():
                    connections.close_all()


writer = Writer()


def _after_fork() -> None:
    # The lock may have been held by a thread that does not exist here.
    writer.__init__()  # type: ignore[misc]  # made anew on purpose, in place, since others hold it


os.register_at_fork(after_in_child=_after_fork)
atexit.register(writer.flush)
