"""The whole platform with Prometheus: Gunicorn with three workers that are recycled, Daphne, Celery."""

import signal
import subprocess
import sys
from pathlib import Path

from deltacrown.local import child
from drills.jobs.platform import ROOT, Platform
from drills.prometheus import Prometheus

RECYCLED_AFTER = 150  # requests of a Gunicorn worker


class Site(Platform):
    """Everything in ``folder``. All processes count in one folder, as on a server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {"METRICS_DIR": str(folder / "metrics"), "DEBUG": "False"}
        self.ports = {name: child.free_port() for name in ("gunicorn", "daphne")}
        self.servers: list[subprocess.Popen[str]] = []
        self.web: subprocess.Popen[str] | None = None
        self.prometheus: Prometheus | None = None

    def serve(self) -> None:
        """Start the web servers and Prometheus. The database is migrated by then."""
        self.web = self._serve(
            "gunicorn",
            *("-m", "gunicorn", "--config", "python:deltacrown.gunicorn", "--workers", "3", "--threads", "2"),
            *("--max-requests", str(RECYCLED_AFTER), "--max-requests-jitter", "50"),
            *("--bind", f"127.0.0.1:{self.ports['gunicorn']}", "deltacrown.wsgi"),
        )
        self._serve(
            "daphne",
            *("-m", "daphne", "--verbosity", "0", "--bind", "127.0.0.1", "--port", str(self.ports["daphne"])),
            "deltacrown.asgi:application",
        )
        self.prometheus = Prometheus(self.folder, f"127.0.0.1:{self.ports['gunicorn']}", every=1)

    def _serve(self, name: str, *words: str) -> "subprocess.Popen[str]":
        port = self.ports[name]
        process = child.start(
            [sys.executable, *words],
            log=self.folder / f"{name}.log",
            ready=lambda: child.listening(port),
            environment=self.environment,
            folder=ROOT,
        )
        self.servers.append(process)
        return process

    def children(self, pid: int) -> list[int]:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def close(self) -> None:
        if self.prometheus is not None:
            self.prometheus.close()
        for process in reversed(self.servers):
            child.stop(process, signal.SIGTERM if process is not self.web else signal.SIGQUIT)
        super().close()
