"""``manage.py deployments``: the latest ones; ``deployments record FOLDER`` reads the log of the server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.models import Deployment
from apps.core.releases.recording import record_deployments

SHOWN = 20


class Command(BaseCommand):
    help = "Show the latest deployments, or read them from the deployment log of this server."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", nargs="?", choices=["show", "record"], default="show")
        parser.add_argument("folder", nargs="?", type=Path, help="where the log is, to record it")

    def handle(self, *args: Any, action: str, folder: Path | None, **options: Any) -> None:
        if action == "record":
            if folder is None or not folder.is_dir():
                raise CommandError("Say where the log is: manage.py deployments record /srv/deltacrown/deployments")
            changed = record_deployments(actor=None, folder=folder)
            self.stdout.write(f"{len(changed)} deployments recorded.")
            return
        for row in Deployment.objects.all()[:SHOWN]:
            took = f"{(row.finished_at - row.started_at).total_seconds():.0f} s" if row.finished_at else ""
            reason = row.reason.splitlines()[0] if row.reason else ""
            self.stdout.write(
                f"{row.started_at:%F %T} {row.kind:<9}{row.commit[:12]:<13} {row.state:<12} {took} {reason}"
            )
