"""The servers, workers and beats of a drill, and how they are broken."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from deltacrown.local import postgresql, redis

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0  # seconds


def wait_until(what: str, true: Callable[[], bool], *, patience: float = PATIENCE) -> float:
    """Wait until ``true``; return the seconds it took. Raises ``TimeoutError`` that names ``what``."""
    begin = time.monotonic()
    while not true():
        if time.monotonic() - begin > patience:
            raise TimeoutError(f"After {patience:.0f} s still not: {what}")
        time.sleep(0.05)
    return time.monotonic() - begin


class Platform:
    """PostgreSQL, Redis and Celery's processes in a folder of their own."""

    def __init__(self, folder: Path, *, app: str = "drills.jobs.celery_app") -> None:
        self.folder = folder
        self.app = app
        self.password = secrets.token_hex(16)
        self.postgresql = postgresql.start(folder / "postgresql", password=self.password, log=folder / "postgresql.log")
        started = redis.start(folder / "redis", password=self.password, log=folder / "redis.log", keep=False)
        if started is None:
            raise SystemExit("This drill needs Redis: install redis-server, or the development requirements.")
        self.redis = started
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}},
            **self.postgresql.variables,
            "ENVIRONMENT": "development",
            "DB_NAME": "drill",
            "REDIS_URL": self.redis.url(),
            "CELERY_BROKER_URL": self.redis.url(),
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
            "PYTHONWARNINGS": "ignore",
        }
        with self.admin() as connection:
            connection.execute("CREATE DATABASE drill")
            # The embedded server is tuned for speed; what is committed here must survive the server's death.
            connection.execute("ALTER DATABASE drill SET synchronous_commit TO on")

    def admin(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.postgresql.port,
            user=postgresql.USER,
            password=self.password,
            dbname="postgres",
            autocommit=True,
        )

    def worker(self, *, concurrency: int = 2, patience: float = PATIENCE) -> subprocess.Popen[bytes]:
        """Start a worker and return it when it takes jobs."""
        queues = ["--queues", "critical,default,bulk", "--concurrency", str(concurrency)]
        process, log = self._celery("worker", "worker", *queues, "--without-gossip", "--without-mingle")
        wait_until("the worker is ready", lambda: " ready." in log.read_text(), patience=patience)
        return process

    def beat(self) -> subprocess.Popen[bytes]:
        """Start a beat."""
        process, log = self._celery("beat", "beat")
        wait_until("beat has started", lambda: "beat: Starting" in log.read_text())
        return process

    def _celery(self, name: str, *words: str) -> tuple[subprocess.Popen[bytes], Path]:
        log = self.folder / f"{name}-{len(self.processes)}.log"
        command = [sys.executable, "-m", "celery", "--quiet", "--app", self.app, *words]
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own words
                [*command, "--loglevel", "INFO"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process, log

    def kill(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process and all that it forked."""
        os.killpg(process.pid, how)
        if how is signal.SIGKILL:
            process.wait()

    def stop_workers(self) -> None:
        """Kill every worker and beat that still runs."""
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)

    def start_postgresql(self) -> None:
        """Start PostgreSQL again on the same data and port."""
        self.postgresql = postgresql.start(
            self.folder / "postgresql",
            password=self.password,
            log=self.folder / "postgresql.log",
            port=self.postgresql.port,
        )

    def start_redis(self) -> None:
        """Start Redis again, empty, on the same port."""
        started = redis.start(
            self.folder / "redis",
            password=self.password,
            log=self.folder / "redis.log",
            keep=False,
            port=self.redis.port,
        )
        if started is None:
            raise SystemExit("Redis is gone from this machine.")
        self.redis = started

    def close(self) -> None:
        """End everything."""
        self.stop_workers()
        self.redis.stop(keep=False)
        self.postgresql.stop(keep=False)
