"""The site of the drill: its servers, a web server, Prometheus, and the runbooks run as an operator runs them."""

import json
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from deltacrown.local import child
from drills.jobs.platform import ROOT, Platform
from drills.prometheus import Prometheus

SMALL_DISK = "512m"  # in memory; more than what /readyz wants to be free
SCRAPED_EVERY = 6  # seconds: a page of figures may take four when a server hangs


class Site:
    """PostgreSQL with a role that is no superuser, as in production, Redis, Gunicorn, and Prometheus that watches.

    Logs lie on a small disk of their own where root may mount one; ``no_disk`` says why there is none.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir()
        mounted = subprocess.run(  # noqa: S603 - our own words
            ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(self.logs)],  # noqa: S607 - the machine's own program
            capture_output=True,
            text=True,
            check=False,
        )
        self.no_disk = mounted.stderr.strip() if mounted.returncode else ""
        self.platform = Platform(folder, app="drills.incidents.celery_app")
        self.port = child.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.static, self.evidence = folder / "static", folder / "evidence"
        self.web: subprocess.Popen[str] | None = None
        self.prometheus: Prometheus | None = None
        self._make_role(folder)

    def _make_role(self, folder: Path) -> None:
        """Give the site a role without a superuser's reserved places, and the runbooks a superuser."""
        password = secrets.token_hex(16)
        with self.platform.admin() as line:
            line.execute(f"CREATE ROLE site LOGIN PASSWORD '{password}'")
            line.execute("ALTER DATABASE drill OWNER TO site")
        environment = self.platform.environment
        environment.update(
            DB_ADMIN_USER=environment["DB_USER"],
            DB_ADMIN_PASSWORD=environment["DB_PASSWORD"],
            DB_USER="site",
            DB_PASSWORD=password,
            DB_POOL_SIZE="4",
            SITE_URL=self.url,
            DRILL_STATIC_ROOT=str(self.static),
            DRILL_EVIDENCE=str(self.evidence),
            DJANGO_SETTINGS_MODULE="drills.incidents.settings",
            LOG_DIR=str(self.logs),
            METRICS_DIR=str(folder / "metrics"),
            DEBUG="False",
        )

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the site and return what it said and how it ended."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(  # noqa: S603 - our own words
            command, cwd=ROOT, env=self.platform.environment, capture_output=True, text=True, timeout=300, check=False
        )

    def runbook(self, name: str, *words: str) -> dict[str, Any]:
        """Run a runbook as an operator does and return what it says, with ``seconds`` that it took."""
        began = time.monotonic()
        done = self.manage("runbook", name, "--json", *words)
        if not done.stdout.startswith("{"):
            raise TimeoutError(f"The runbook {name} said nothing: {done.stderr[-500:]}")
        told: dict[str, Any] = json.loads(done.stdout)
        return {**told, "exit": done.returncode, "seconds": round(time.monotonic() - began, 1)}

    def serve(self) -> None:
        """Collect the static files, start Gunicorn with two processes, and have Prometheus watch it."""
        collected = self.manage("collectstatic", "--noinput", "-v0")
        if collected.returncode:
            raise SystemExit(f"Static files cannot be collected: {collected.stderr[-500:]}")
        self.web = child.start(
            [
                *(sys.executable, "-m", "gunicorn", "--config", "python:deltacrown.gunicorn", "--workers", "2"),
                *("--threads", "4", "--bind", f"127.0.0.1:{self.port}", "deltacrown.wsgi"),
            ],
            log=self.folder / "web.log",
            ready=lambda: child.listening(self.port),
            environment=self.platform.environment,
            folder=ROOT,
        )
        self.prometheus = Prometheus(self.folder, f"127.0.0.1:{self.port}", every=SCRAPED_EVERY, rules=True)

    def status(self, path: str) -> int:
        """Return the status that a page answers with; 0 when none comes within ten seconds."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own address
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def close(self) -> None:
        """End everything."""
        if self.prometheus is not None:
            self.prometheus.close()
        if self.web is not None:
            child.stop(self.web, signal.SIGTERM)
        subprocess.run(["umount", str(self.logs)], capture_output=True, check=False)  # noqa: S603, S607 - the machine's own program
        self.platform.close()
