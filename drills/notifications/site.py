"""The platform with its site, and how each part of it is killed and started again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from deltacrown.local import child
from drills.jobs.platform import ROOT, Platform, wait_until

# A worker whose Redis and PostgreSQL die while it starts tries again after growing pauses.
START_SECONDS = 240.0


class Site(Platform):
    """PostgreSQL, Redis, a worker and Daphne. What was killed is started again at once, as systemd would; meanwhile the
    next one is killed.
    """

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        super().__init__(folder)
        self.environment |= variables
        self.port = child.free_port()
        self.killed: dict[str, int] = {}
        self._database_port = self.postgresql.port
        self._web: subprocess.Popen[str] | None = None
        self._worker: subprocess.Popen[bytes] | None = None
        self._starting: dict[str, Future[None]] = {}
        # Its threads last: Linux ends what a thread started together with the thread.
        self._starters = ThreadPoolExecutor(4)

    def start(self) -> None:
        """Start the site and a worker, on servers that run."""
        self._start_web()
        self._worker = self.worker()

    def kill_something(self, dice: random.Random) -> str:
        """Kill -9 one of the four that is up, have it started again, and return which."""
        kills: dict[str, Callable[[], None]] = {
            "worker": self._kill_worker,
            "redis": self._kill_redis,
            "postgresql": self._kill_postgresql,
            "web": self._kill_web,
        }
        name = dice.choice(
            [name for name in sorted(kills) if name not in self._starting or self._starting[name].done()]
        )
        if name in self._starting:
            self._starting[name].result()
        self._starting[name] = self._starters.submit(kills[name])
        self.killed[name] = self.killed.get(name, 0) + 1
        return name

    def wait(self) -> None:
        """Wait until everything is up again."""
        for start in self._starting.values():
            start.result()

    def restart_web(self) -> None:
        """Begin the site anew, with the memory of a fresh process."""
        self._kill_web()

    def web_memory_mb(self) -> float:
        """Return what the site's process holds in memory."""
        pid = self._web.pid if self._web is not None else 0
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024, 1)

    def close(self) -> None:
        if self._web is not None:
            child.stop(self._web, signal.SIGKILL)
        super().close()

    def _start_web(self) -> None:
        words = ("--verbosity", "0", "--bind", "127.0.0.1", "--port", str(self.port), "deltacrown.asgi:application")
        self._web = child.start(
            [sys.executable, "-W", "ignore", "-m", "daphne", *words],
            log=self.folder / "web.log",
            ready=lambda: child.listening(self.port),
            environment=self.environment,
            folder=ROOT,
        )

    def _kill_web(self) -> None:
        if self._web is not None:
            self._kill_group(self._web)
        self._start_web()

    def _kill_worker(self) -> None:
        if self._worker is not None:
            self.kill(self._worker)
        self._worker = self.worker(patience=START_SECONDS)

    def _kill_redis(self) -> None:
        self._kill_group(self.redis.process)
        self.start_redis()

    def _kill_postgresql(self) -> None:
        # All of its processes at once, as when the machine's power fails; what was committed has to be there after it.
        self._kill_group(self.postgresql.process)
        (self.folder / "postgresql" / "postmaster.pid").unlink(missing_ok=True)
        wait_until("PostgreSQL is back", self._postgresql_starts)

    def _postgresql_starts(self) -> bool:
        try:
            self.start_postgresql()
        except child.ServerFailedError:  # the shared memory of the killed one is not free yet
            time.sleep(1)
            return False
        if self.postgresql.port == self._database_port:
            return True
        # A second try took another port, which nobody knows.
        self._kill_group(self.postgresql.process)
        self.postgresql = replace(self.postgresql, port=self._database_port)
        return False

    def _kill_group(self, process: subprocess.Popen[str]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
