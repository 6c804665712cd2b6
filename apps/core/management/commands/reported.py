"""``manage.py reported worker:4711 beat:4712 --wait 15``: whether these very processes have reported."""

import socket
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error

from apps.core.jobs import heartbeats
from apps.core.jobs.worker import use_connections_for_jobs

EVERY = 0.5  # seconds


class Command(BaseCommand):
    help = "Wait until workers and beats, named by kind and process id, have reported to the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("processes", nargs="+", metavar="KIND:PID")
        parser.add_argument("--wait", type=float, default=0, help="seconds")

    def handle(self, *args: Any, processes: list[str], wait: float, **options: Any) -> None:
        use_connections_for_jobs()
        until = time.monotonic() + wait
        while missing := self._missing(processes):
            if time.monotonic() > until:
                self.stderr.write(f"Not reported to the database: {', '.join(missing)}.")
                sys.exit(1)
            threading.Event().wait(EVERY)
        self.stdout.write(f"{len(processes)} have reported.")

    def _missing(self, processes: list[str]) -> list[str]:
        try:
            reported = heartbeats.names(host=socket.gethostname())
        except Error:
            return processes
        host = socket.gethostname()
        wanted = {name: name.partition(":")[::2] for name in processes}
        return [
            name for name, (kind, pid) in wanted.items() if heartbeats.name_of(kind, host=host, pid=pid) not in reported
        ]
