"""The thread that sweeps every five seconds, in the worker's main process and in the one-process site.

In the worker and not in beat: a sweep is of use exactly when a worker is there, each worker brings its own, and it
waits neither in a queue behind the backlog it should repair nor for a broker that has lost its messages.
"""

import logging
import os
import random
import threading
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connections

from apps.core.jobs import sweeping

logger = logging.getLogger(__name__)


class Sweeper:
    """Calls ``work`` again and again in a daemon thread until it is stopped."""

    def __init__(self, work: Callable[[], object] = sweeping.sweep, *, every: float = sweeping.EVERY) -> None:
        self._work = work
        self._every = every
        self._stop = threading.Event()
        self._busy = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="job-sweeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def let_forks_wait(self) -> None:
        """Make this process fork between two sweeps only, so that no child inherits a lock that a sweep holds."""
        waited = False

        def wait() -> None:
            nonlocal waited
            # Not for ever: a database that hangs must not keep the worker from replacing its processes.
            waited = self._busy.acquire(timeout=2)

        def go_on() -> None:
            if waited:
                self._busy.release()

        os.register_at_fork(before=wait, after_in_parent=go_on, after_in_child=go_on)

    def _run(self) -> None:
        # Many workers start at once after a deployment: they should not sweep at once for ever.
        while not self._stop.wait(self._every * random.uniform(0.8, 1.0)):  # noqa: S311 - spreads load, guards nothing
            with self._busy:
                try:
                    self._work()
                except (OperationalError, InterfaceError) as error:
                    logger.warning("The sweep waits for the database: %s", error)
                except Exception:
                    logger.exception("A sweep failed")
                finally:
                    connections.close_all()
