"""``manage.py health worker``: for systemd, containers and people; says one sentence and exits with 0 or 1."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.health import processes
from apps.core.health.probes import Probe, run
from apps.core.jobs.worker import use_connections_for_jobs

SECONDS = 3.5  # with the start of Python and Django less than five
WEB = "http://127.0.0.1:8000"
SOCKETS = "http://127.0.0.1:8001"


class Command(BaseCommand):
    help = "Tell whether the worker, the beat, the web server or the socket server of this machine does its work."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("process", choices=["worker", "beat", "web", "socket"])
        parser.add_argument("--url", help=f"where it listens: {WEB} for web, {SOCKETS} for socket")
        parser.add_argument("--anywhere", action="store_true", help="a worker or beat on another machine will do")

    def handle(self, *args: Any, process: str, **options: Any) -> None:
        use_connections_for_jobs()
        told: list[str] = []
        ask = _question(process, url=options["url"], anywhere=options["anywhere"])
        [result] = run([Probe(process, lambda: told.append(ask()))], timeout=SECONDS)
        if result.ok:
            self.stdout.write(told[0])
            return
        self.stderr.write(result.reason if result.reason.endswith(".") else f"The {process}: {result.reason}.")
        sys.exit(1)


def _question(process: str, *, url: str | None, anywhere: bool) -> Callable[[], str]:
    if process == "web":
        return partial(processes.web, url or WEB)
    if process == "socket":
        return partial(processes.sockets, url or SOCKETS)
    return partial({"worker": processes.worker, "beat": processes.beat}[process], anywhere=anywhere)
