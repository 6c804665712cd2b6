"""``manage.py migrate_release``: what ``deploy/release`` calls; ``migrate`` does the same without the timeouts."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from apps.core.releases import migrating, migration_rules


class Command(BaseCommand):
    help = "Apply migrations under visitors, with limits for locks and statements; or show which there are."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", action="store_true", help="only show what would be applied, and how it is judged")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--lock-seconds", type=float, default=migrating.LOCK_SECONDS)
        parser.add_argument("--statement-seconds", type=float, default=migrating.STATEMENT_SECONDS)
        parser.add_argument("--attempts", type=int, default=migrating.ATTEMPTS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"]:
            self._show(as_json=options["json"])
            return
        try:
            migrating.apply(
                lock_seconds=options["lock_seconds"],
                statement_seconds=options["statement_seconds"],
                attempts=options["attempts"],
                told=self.stdout.write,
            )
        except (migrating.LockNotFree, DatabaseError) as error:
            raise CommandError(f"Migrations stopped: {error}") from error

    def _show(self, *, as_json: bool) -> None:
        planned = migration_rules.plan()
        if as_json:
            self.stdout.write(json.dumps({"migrations": [asdict(line) for line in planned]}))
            return
        for line in planned:
            self.stdout.write(f"{line.name}{' (contracting)' if line.contracts else ''}")
            for fault in line.faults:
                self.stdout.write(f"  ✗ {fault}")
        if not planned:
            self.stdout.write("Nothing to apply.")
