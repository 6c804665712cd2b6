"""``manage.py doctor``: is anything wrong, and which runbook says what to do?"""

import json
import os
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.logging.handlers import beside_the_output
from apps.core.runbooks import Level, doctor
from apps.core.runbooks.running import HEALTHY, NOT_SEEN, WRONG
from apps.core.runbooks.shell import use_quick_connections

SIGNS = {Level.OK: "ok     ", Level.NOTE: "ok     ", Level.UNKNOWN: "unclear", Level.WRONG: "WRONG  "}


class Command(BaseCommand):
    """Exit status 0 when all is well, 1 when something is wrong, 2 when something could not be looked at."""

    help = "Run all checks in seconds, also when servers are down, and name the runbook of what is wrong."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--seconds", type=float, default=doctor.SECONDS, help="how long to wait for all of them")

    def handle(self, *args: Any, seconds: float, **options: Any) -> None:
        use_quick_connections()
        with beside_the_output():
            visits = doctor.visit(seconds=seconds)
        if options["json"]:
            told = {
                each.runbook.slug: {
                    "level": each.diagnosis.level,
                    "seconds": round(each.seconds, 2),
                    "findings": [asdict(finding) for finding in each.diagnosis.findings],
                }
                for each in visits
            }
            self.stdout.write(json.dumps({"level": doctor.worst(visits), "checks": told}, ensure_ascii=False))
        else:
            self._tell(visits)
        status = {Level.WRONG: WRONG, Level.UNKNOWN: NOT_SEEN}.get(doctor.worst(visits), HEALTHY)
        if status:
            self._leave(status)

    def _tell(self, visits: list[doctor.Visit]) -> None:
        for each in visits:
            first = each.diagnosis.cause or each.diagnosis.findings[0].text
            self.stdout.write(f"{SIGNS[each.diagnosis.level]} {each.runbook.slug:<21} {first}")
        bad = [each for each in visits if each.diagnosis.level in (Level.WRONG, Level.UNKNOWN)]
        if not bad:
            self.stdout.write(f"\nAll {len(visits)} checks are well.")
            return
        self.stdout.write(f"\n{len(bad)} of {len(visits)} need a look. Begin with:")
        for each in sorted(bad, key=lambda each: each.diagnosis.level is not Level.WRONG):
            self.stdout.write(f"  manage.py runbook {each.runbook.slug}")

    def _leave(self, status: int) -> None:
        """End now: a thread that waits for a server that hangs must not be waited for."""
        self.stdout.flush()
        if doctor.waiting():
            os._exit(status)
        sys.exit(status)
