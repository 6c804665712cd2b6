"""``manage.py flower``: workers and queues in the browser, on this machine only and behind a login."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ADDRESS = "127.0.0.1"
PORT = 5555
SHORTEST_PASSWORD = 12
# Flower's own variables; one that it does not know would end it.
PREFIX = "FLOWER_"


class Command(BaseCommand):
    help = "Start Flower on this machine's own address, read-only, with the login of FLOWER_USER and FLOWER_PASSWORD."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=PORT)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        if settings.JOBS_INLINE:
            raise CommandError("There is no broker to look at: without REDIS_URL jobs run in the site's own process.")
        login = _login(settings.FLOWER_USER, settings.FLOWER_PASSWORD)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        # Not as words of the command: every user of this machine can read those.
        environment |= {
            "FLOWER_ADDRESS": ADDRESS,
            "FLOWER_PORT": str(port),
            "FLOWER_BASIC_AUTH": login,
            # Jobs are rows: what Flower would change in the broker, the sweeper puts back.
            "FLOWER_READ_ONLY": "True",
        }
        self.stdout.write(f"Flower: http://{ADDRESS}:{port}/ with the login of FLOWER_USER. Ctrl-C ends it.")
        self.stdout.flush()
        command = [sys.executable, "-m", "celery", "--app", "deltacrown", "flower"]
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own words, without a shell


def _login(user: str, password: str) -> str:
    """Return the login as Flower takes it. Without a good one Flower does not start."""
    if not user or not password:
        raise CommandError(
            "Flower shows what jobs are called with, so it starts with a login only. "
            "Set FLOWER_USER and FLOWER_PASSWORD, for example FLOWER_USER=ops."
        )
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"FLOWER_PASSWORD is too short: use {SHORTEST_PASSWORD} characters or more.")
    if ":" in user or "," in user + password:
        raise CommandError("FLOWER_USER can hold neither colon nor comma, FLOWER_PASSWORD no comma: they separate.")
    return f"{user}:{password}"
