"""The installation of the drill, its repository, and the commands of an operator."""

import json
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from deltacrown.local import child

ROOT = Path(__file__).resolve().parents[2]
HOST = "deltacrown.test"
# Has an effect that can be counted, and takes long enough to be running when its worker is asked to end.
TASKS = """

@shared_task(base=JobTask, bind=True, name="core.drill{kind}", job_queue="{queue}")
def drill{kind}(self: JobTask, number: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [{seconds}])
        cursor.execute("INSERT INTO drill_effects (number, kind) VALUES (%s, %s)", [number, "{kind}"])
"""


class Ground:
    """Everything in ``folder``, which the caller makes and removes. What an earlier portion left there is used on."""

    def __init__(self, folder: Path, *, python: str = sys.prefix) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        self.root = folder / "root"
        settings = self.root / "etc/deltacrown/deploy.toml"
        self.https = tomllib.loads(settings.read_text())["https_port"] if settings.exists() else child.free_port()
        self.python = python
        if self.repository.exists():
            return
        self.run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(self.repository), where=Path("/"))
        self.git("config", "user.email", "drill@example.com")
        self.git("config", "user.name", "drill")
        self.git("checkout", "--quiet", "-B", "main")

    @property
    def base(self) -> Path:
        return self.root / "srv/deltacrown"

    def is_installed(self) -> bool:
        """Whether something serves already."""
        return (self.root / "etc/deltacrown/deploy.toml").exists() and bool(self.status()["live"])

    def install(self, **settings: Any) -> str:
        """Install into the empty folder."""
        given: dict[str, Any] = {"https_port": self.https, "backup_hours": 0, "python": self.python}
        given |= {"requests_per_second": 100_000, "connections_per_address": 10_000, **settings}
        if not (self.root / "etc/deltacrown").exists():
            given["http_port"] = child.free_port()
        words = ["--without-systemd", "--host", HOST, "--from", str(self.repository)]
        for name, value in given.items():
            words += ["--setting", f"{name}={json.dumps(value)}"]
        return self.deploy("install", *words)

    def deploy(self, command: str, *words: str) -> str:
        """Run a command of ``deploy/`` and return what it said. Raises when it fails."""
        return self.run(sys.executable, f"deploy/{command}", "--root", str(self.root), *words, where=ROOT)

    def try_deploy(self, command: str, *words: str) -> tuple[int, str]:
        """Run a command of ``deploy/`` that may fail. Returns its exit status and what it said."""
        command_line = [sys.executable, f"deploy/{command}", "--root", str(self.root), *words]
        done = subprocess.run(command_line, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return done.returncode, done.stdout + done.stderr

    def status(self) -> dict[str, Any]:
        _, told = self.try_deploy("status", "--json")
        found: dict[str, Any] = json.loads(told.strip().splitlines()[-1])
        return found

    def commit(self, files: dict[str, str], message: str, *, base: str = "main", branch: str = "") -> str:
        """Commit changed files on a branch from ``base`` and return its commit."""
        self.git("checkout", "--quiet", "-B", branch or "main", base)
        for name, text in files.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def with_task(self, kind: str, *, queue: str, seconds: float, base: str, branch: str) -> str:
        """Commit a task that can be counted, on top of those that ``base`` has."""
        tasks = self.git("show", f"{base}:apps/core/tasks.py") + "\n"
        tasks += TASKS.format(kind=kind, queue=queue, seconds=seconds)
        return self.commit({"apps/core/tasks.py": tasks}, f"Task {kind or 'of all releases'}", base=base, branch=branch)

    def git(self, *words: str) -> str:
        return self.run("git", "-C", str(self.repository), *words, where=self.folder).strip()

    def run(self, *words: str, where: Path) -> str:
        done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def psql(self, sql: str) -> str:
        variables = self.variables()
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        words = [str(programs / "psql"), "-XAtq", "-h", str(self.root / "var/lib/deltacrown/postgresql")]
        words += ["-p", variables["DB_PORT"], "-U", "postgres", "-d", variables["DB_NAME"], "-c", sql]
        return self.run(*words, where=Path("/")).strip()

    def variables(self) -> dict[str, str]:
        lines = (self.root / "etc/deltacrown/environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def close(self) -> None:
        """End every service."""
        self.try_deploy("stop")


def since(began: float) -> float:
    return round(time.monotonic() - began, 1)
