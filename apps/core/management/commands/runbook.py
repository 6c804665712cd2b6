"""``manage.py runbook NAME [--fix]``: look, say what it is, mend what is safe to mend, prove it."""

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.logging.handlers import beside_the_output
from apps.core.runbooks import Diagnosis, Level, Look, UnknownRunbook, every, named, running
from apps.core.runbooks.shell import use_quick_connections

SIGNS = {Level.OK: "ok      ", Level.NOTE: "note    ", Level.UNKNOWN: "unclear ", Level.WRONG: "WRONG   "}
DEADLINE = 180.0  # seconds for a whole run: what hangs longer is itself the finding


class Command(BaseCommand):
    """Exit status 0 when all is well or was mended, 1 when something is wrong, 2 when it could not be looked at."""

    help = "Gather the evidence, name the cause, and with --fix apply the safe remedy and prove it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="a runbook, or an alert that leads to it")
        parser.add_argument("--list", action="store_true", help="show all runbooks")
        parser.add_argument("--fix", action="store_true", help="do what is proposed; without it nothing is changed")
        parser.add_argument("--older-than", type=float, metavar="SECONDS", help="from when on something is too old")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, name: str | None, fix: bool, **options: Any) -> None:
        if options["list"] or name is None:
            self._list(as_json=options["json"])
            return
        try:
            runbook = named(name)
        except UnknownRunbook as error:
            raise CommandError(str(error)) from error
        use_quick_connections()
        look = Look(older_than=options["older_than"])
        with beside_the_output():
            outcome = running.within(DEADLINE, lambda: running.run(runbook, look, fix=fix))
        if outcome is None:
            self.stderr.write(f"{runbook.slug}: no end after {DEADLINE:.0f} seconds; what it asks hangs.")
            os._exit(running.NOT_SEEN)
        if options["json"]:
            self.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False, default=str))
        else:
            self._tell(outcome, fix=fix)
        if outcome.status:
            self.stdout.flush()
            sys.exit(outcome.status)

    def _list(self, *, as_json: bool) -> None:
        if as_json:
            told = [
                {"name": each.slug, "title": each.title, "alerts": each.alerts, "page": each.page} for each in every()
            ]
            self.stdout.write(json.dumps(told))
            return
        for each in every():
            self.stdout.write(f"{each.slug:<21} {each.title:<34} {', '.join(each.alerts)}")

    def _tell(self, outcome: running.Outcome, *, fix: bool) -> None:
        self.stdout.write(f"{outcome.runbook.title} · {outcome.runbook.page}\n")
        self._findings(outcome.before)
        if outcome.before.remedies and not fix:
            self.stdout.write("\nWith --fix:")
            for remedy in outcome.before.remedies:
                self.stdout.write(f"  {remedy.does}\n    Safe: {remedy.safe}\n    Undo: {remedy.undo}")
        self._section("Done", outcome.done)
        self._section("FAILED", outcome.failed)
        self._section("To undo", list(dict.fromkeys(outcome.undo)))
        if outcome.after:
            self.stdout.write("\nAfterwards:")
            self._findings(outcome.after)
        self._section("For you", outcome.last.advice if outcome.status else [])
        self.stdout.write(f"\nEvidence: {outcome.kept or 'could not be written anywhere'}")

    def _findings(self, diagnosis: Diagnosis) -> None:
        for finding in diagnosis.findings:
            self.stdout.write(f"  {SIGNS[finding.level]}{finding.text}")

    def _section(self, title: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write(f"\n{title}:")
            for line in lines:
                self.stdout.write(f"  {line}")
