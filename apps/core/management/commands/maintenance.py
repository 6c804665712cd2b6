"""``manage.py maintenance on|off``: closes and opens the site, without asking any server."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import maintenance


class Command(BaseCommand):
    help = "Close the site for visitors with a page that says so, or open it. Health checks go on answering."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=["on", "off", "status"], default="status")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "on":
            self.stdout.write(f"Closed since {maintenance.close()}. Open it with: manage.py maintenance off")
        elif action == "off":
            self.stdout.write("Open again." if maintenance.open_again() else "It was open.")
        elif since := maintenance.closed_since():
            self.stdout.write(f"Closed since {since}.")
            sys.exit(1)
        else:
            self.stdout.write("Open.")
