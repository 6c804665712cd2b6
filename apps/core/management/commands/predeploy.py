"""``manage.py predeploy``: the checklist before a release; ``deploy/release`` asks it and obeys."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.releases import checklist

MARKS = {"ok": "✓", "failed": "✗", "warning": "!", "not checked": "?"}


class Command(BaseCommand):
    help = "Look at everything that has to be right before a release. Exit status 1 when something fails."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print JSON, and exit with 0 when it could be looked at"
        )
        parser.add_argument("--first", action="store_true", help="nothing serves yet")
        parser.add_argument(
            "--backup-hours", type=float, default=26, help="how old a verified backup may be; 0: any age"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        around = checklist.Surroundings(first=options["first"], backup_hours=options["backup_hours"])
        points = checklist.run(around)
        if options["json"]:
            self.stdout.write(json.dumps({"checks": [asdict(point) for point in points]}))
            return
        for point in points:
            self.stdout.write(f"{MARKS[point.state]} {point.name}: {point.told}")
        if failed := [point.name for point in points if point.state == "failed"]:
            self.stderr.write(f"\nNot ready for a release: {', '.join(failed)}.")
            sys.exit(1)
