"""The site in a process of its own, on the test database: Daphne with pages, WebSocket and static files."""

import email
import email.message
import email.policy
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from deltacrown.local import child, privileges
from deltacrown.local.state import ROOT


@dataclass
class LiveSite:
    """Where the site is and what it sent."""

    url: str
    folder: Path
    pid: int = 0

    def call_pages_over(self) -> None:
        """Tell the site what a deployment tells the release that no longer serves."""
        os.kill(self.pid, signal.SIGUSR1)

    def mails(self, to: str = "", *, wait: float = 5.0) -> list[email.message.EmailMessage]:
        """Return the mails to ``to``, oldest first. Waits up to ``wait`` seconds for the first one."""
        deadline = time.monotonic() + wait
        while True:
            found = [mail for mail in self._mails() if to in str(mail["To"])]
            if found or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def log(self) -> str:
        """Return what the site wrote since this test began."""
        return (self.folder / "site.log").read_text(errors="replace")

    def forget(self) -> None:
        """Begin with nothing: no mails, no log, no memory of the database before."""
        shutil.rmtree(self.folder / "mail", ignore_errors=True)
        with urllib.request.urlopen(f"{self.url}/live-site/forget", timeout=10):  # noqa: S310 - http to this machine
            pass
        os.truncate(self.folder / "site.log", 0)

    def _mails(self) -> list[email.message.EmailMessage]:
        """Read the folder. The backend writes one file for each connection, its mails one after the other."""
        folder = self.folder / "mail"
        files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns) if folder.is_dir() else []
        texts = [text for path in files for text in path.read_text().split("\n" + "-" * 79 + "\n") if text.strip()]
        return [email.message_from_string(text, policy=email.policy.default) for text in texts]


def start(folder: Path, *, database: str) -> tuple[LiveSite, subprocess.Popen[str]]:
    """Start the site on ``database`` and wait until it answers."""
    port = child.free_port()
    site = LiveSite(f"http://localhost:{port}", folder)
    environment = dict(
        os.environ,
        DB_NAME=database,
        DJANGO_SETTINGS_MODULE="deltacrown.local.settings_live",
        LIVE_SITE_FOLDER=str(folder),
        SITE_URL=site.url,
    )
    command = [
        *privileges.prefix(needs=(), drop=False, at_death=signal.SIGKILL),
        *(sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(port)),
        *("--verbosity", "0", "deltacrown.local.live_application:application"),
    ]
    process = child.start(
        command,
        log=folder / "site.log",
        ready=lambda: child.listening(port),
        environment=environment,
        folder=ROOT,
    )
    site.pid = process.pid
    return site, process
