"""The whole platform with Prometheus: Gunicorn with three workers that are recycled, Daphne, Celery."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

from deltacrown.local import child
from drills.jobs.platform import ROOT, Platform

RECYCLED_AFTER = 150  # requests of a Gunicorn worker
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: deltacrown
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def prometheus() -> str:
    """Return the path of Prometheus, installing Debian's when it is missing and this is root."""
    if not shutil.which("prometheus") and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ("apt-get", "install", "-y", "-qq", "prometheus")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own words
    found = shutil.which("prometheus")
    if not found:
        raise SystemExit("This drill needs Prometheus: apt-get install prometheus")
    return found


class Site(Platform):
    """Everything in ``folder``. All processes count in one folder, as on a server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment |= {"METRICS_DIR": str(folder / "metrics"), "DEBUG": "False"}
        self.ports = {name: child.free_port() for name in ("gunicorn", "daphne", "prometheus")}
        self.servers: list[subprocess.Popen[str]] = []
        self.web: subprocess.Popen[str] | None = None

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
        config = self.folder / "prometheus.yml"
        config.write_text(CONFIG.format(port=self.ports["gunicorn"]))
        self._serve(
            "prometheus",
            *(f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'tsdb'}"),
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}",
            program=prometheus(),
        )

    def _serve(self, name: str, *words: str, program: str = sys.executable) -> "subprocess.Popen[str]":
        port = self.ports[name]
        process = child.start(
            [program, *words],
            log=self.folder / f"{name}.log",
            ready=lambda: child.listening(port),
            environment=self.environment,
            folder=ROOT,
        )
        self.servers.append(process)
        return process

    def children(self, pid: int) -> list[int]:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def query(self, expression: str) -> float:
        """Ask Prometheus. What it has never seen is 0."""
        address = f"http://127.0.0.1:{self.ports['prometheus']}/api/v1/query"
        question = f"{address}?{urllib.parse.urlencode({'query': expression})}"
        with urllib.request.urlopen(question, timeout=30) as answer:  # noqa: S310 - http to this machine
            found = json.load(answer)["data"]["result"]
        return sum(float(one["value"][1]) for one in found)

    def close(self) -> None:
        for process in reversed(self.servers):
            child.stop(process, signal.SIGTERM if process is not self.web else signal.SIGQUIT)
        super().close()
