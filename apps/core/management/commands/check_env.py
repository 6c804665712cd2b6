"""``manage.py check_env``: the configuration in force. A wrong one never gets this far; it stops the start."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Show the configuration in force. Secrets only say whether they are set."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(settings.ENVIRONMENT_REPORT())
