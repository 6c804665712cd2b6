"""``manage.py check_indexes``: are the indexes of the list there, valid, and used for what they are for?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import indexes


class Command(BaseCommand):
    """Exit status 1 when one is missing, invalid, or serves nothing."""

    help = "Compare the indexes that pages depend on with the live schema and with what the planner does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checked = indexes.check()
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        bad = [each for each in checked if each.problem]
        if options["json"]:
            told = {
                each.use.name: {"problem": each.problem, "scans": each.scans, "bytes": each.size, "used_now": each.now}
                for each in checked
            }
            self.stdout.write(json.dumps(told))
        else:
            for each in checked:
                said = each.problem or ("used" if each.now else "there; the table is too small to need it")
                self.stdout.write(f"{'WRONG' if each.problem else 'ok   '} {each.use.name:<28} {said} ({each.use.why})")
        if bad:
            self.stderr.write(f"{len(bad)} of {len(checked)} indexes need a look.")
            sys.exit(1)
