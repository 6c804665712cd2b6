"""The site under Gunicorn and Daphne, with a PostgreSQL and two Redis of its own that can be stopped and frozen."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from deltacrown.local import child, postgresql, redis

ROOT = Path(__file__).resolve().parent.parent.parent


class Site:
    """Everything in ``folder``, which the caller makes and removes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        password = secrets.token_hex(16)
        self.postgresql = postgresql.start(folder / "postgresql", password=password, log=folder / "postgresql.log")
        cache = redis.start(folder / "cache", password=password, log=folder / "cache.log", keep=False)
        broker = redis.start(folder / "broker", password=password, log=folder / "broker.log", keep=False)
        if cache is None or broker is None:
            raise SystemExit("This drill needs a redis-server.")
        self.pids = {
            "postgresql": int((folder / "postgresql" / "postmaster.pid").read_text().split()[0]),
            "cache": cache.process.pid,
            "broker": broker.process.pid,
        }
        self.processes += [self.postgresql.process, cache.process, broker.process]
        self.environment = {
            **os.environ,
            **self.postgresql.variables,
            "DB_NAME": "postgres",
            "REDIS_URL": cache.url(),
            "CELERY_BROKER_URL": broker.url(),
            "LOG_DIR": str(folder),
            "ENVIRONMENT": "development",
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        }
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=self.environment, check=True)
        self.ports = {"gunicorn": child.free_port(), "daphne": child.free_port()}
        self._serve(
            "gunicorn",
            *("--config", "python:deltacrown.gunicorn", "--workers", "2", "--threads", "4"),
            *("--bind", f"127.0.0.1:{self.ports['gunicorn']}", "deltacrown.wsgi"),
        )
        self._serve(
            "daphne",
            *("--verbosity", "0", "--bind", "127.0.0.1", "--port", str(self.ports["daphne"])),
            "deltacrown.asgi:application",
        )

    def _serve(self, program: str, *arguments: str) -> None:
        port = self.ports[program]
        command = [sys.executable, "-m", program, *arguments]
        log = self.folder / f"{program}.log"
        self.processes.append(
            child.start(
                command, log=log, ready=lambda: child.listening(port), environment=self.environment, folder=ROOT
            )
        )

    def ready(self, program: str) -> tuple[float, dict[str, Any]]:
        """Return after how many seconds ``/readyz`` answered, and what."""
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[program]}/readyz", timeout=30) as response:
                body = response.read()
        except urllib.error.HTTPError as refusal:
            body = refusal.read()
        return time.perf_counter() - began, json.loads(body)

    def freeze(self, server: str) -> None:
        os.kill(self.pids[server], signal.SIGSTOP)

    def thaw(self, server: str) -> None:
        os.kill(self.pids[server], signal.SIGCONT)

    def kill(self, server: str) -> None:
        os.kill(self.pids[server], signal.SIGQUIT if server == "postgresql" else signal.SIGKILL)

    def sockets(self, program: str) -> int:
        """How many sockets the web server's processes hold, to see whether some are left behind."""
        web = self.processes[-2 if program == "gunicorn" else -1].pid
        children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
        held = 0
        for pid in [str(web), *children]:
            held += sum(1 for link in Path(f"/proc/{pid}/fd").iterdir() if os.readlink(link).startswith("socket:"))  # noqa: PTH115
        return held

    def close(self) -> None:
        for server in self.pids:
            try:
                self.thaw(server)
            except ProcessLookupError:
                continue
        for process in reversed(self.processes):
            child.stop(process, signal.SIGTERM)
