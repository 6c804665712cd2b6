"""``manage.py import_results FILE [--dry-run | --commit]``."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.common.csv_files import Problem
from apps.core.errors import DomainError
from apps.corelib.figures import coins
from apps.teams.models import ResultImport
from apps.teams.selectors import result_imports as selectors
from apps.teams.services import result_imports as services

State = ResultImport.State


class Command(BaseCommand):
    help = "Check a CSV file of tournament results, and record it with --commit. docs/results.md tells the columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", help="Who records it, by username: for the audit trail. Empty: the platform.")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="Only say what it would do (the default).")
        what.add_argument("--commit", action="store_true", help="Record it if nothing is wrong.")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = self._actor(options["user"])
        try:
            with options["file"].open("rb") as stream:
                imported = services.start_import(actor=actor, file_name=options["file"].name, stream=stream)
        except OSError as error:
            raise CommandError(f"The file can't be read: {error}") from error
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        try:
            self._check(imported.pk)
            self._decide(actor, selectors.import_of(imported.pk), commit=options["commit"])
        except DomainError as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            self._tidy(imported.pk, actor)

    def _decide(self, actor: User | None, imported: ResultImport, *, commit: bool) -> None:
        self._show(imported)
        if imported.state == State.REFUSED:
            raise CommandError("Nothing was recorded: put the lines above right and run it again.")
        if commit:
            self._record(actor, imported)
        else:
            self.stdout.write("Nothing was recorded: this was a dry run. Use --commit to record it.")

    def _actor(self, username: str | None) -> User | None:
        if not username:
            return None
        actor = User.objects.filter(username__iexact=username, is_active=True).first()
        if actor is None:
            raise CommandError(f"There is no user {username}.")
        return actor

    def _check(self, import_id: int) -> None:
        while services.check_import(import_id) == State.CHECKING:
            time.sleep(0.2)  # a worker is at it
            self._progress(import_id)

    def _record(self, actor: User | None, imported: ResultImport) -> None:
        imported = services.confirm_import(actor=actor, import_id=imported.pk)
        if imported.state == State.DONE:
            self.stdout.write("Nothing to do: all of it is recorded already.")
            return
        services.record_import(imported.pk)
        while (imported := selectors.import_of(imported.pk)).is_running:
            services.pay_import(imported.pk)
            self._progress(imported.pk)
        if imported.state == State.REFUSED:
            raise CommandError(imported.problem["reason"])
        self.stdout.write(f"{imported.recorded} results recorded, {coins(imported.coins)} paid.")

    def _progress(self, import_id: int) -> None:
        imported = selectors.import_of(import_id)
        done, total = selectors.progress(imported)
        self.stderr.write(f"{imported.get_state_display()}: {done:,} of {total:,}")

    def _show(self, imported: ResultImport) -> None:
        for line in selectors.all_lines(imported):
            for problem in line.problems:
                self.stdout.write(str(Problem(**problem)))
            if not line.problems:
                self.stdout.write(f"Line {line.number}: {line.get_effect_display()}. {selectors.in_words(line)}")
            if line.warning:
                self.stdout.write(f"Line {line.number}: {line.warning}")
        if imported.problem:
            self.stdout.write(str(Problem(**imported.problem)))
        found = selectors.summary(imported)
        self.stdout.write(
            f"{found.new} new, {found.corrections} corrections, {found.same} recorded already, {found.wrong} wrong. "
            f"Pays up to {coins(found.coins)}, takes back up to {coins(found.taken_back)}."
        )

    def _tidy(self, import_id: int, actor: User | None) -> None:
        """Leave nothing of a file that was not recorded."""
        if selectors.import_of(import_id).state in {State.CHECKING, State.CHECKED, State.REFUSED}:
            services.discard_import(actor=actor, import_id=import_id)
