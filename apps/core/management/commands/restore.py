"""Restores a set, or some of its tables. docs/backup.md is the page for it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.backups import beside, outgoing, restoring, servers, sets, tables
from apps.core.errors import DomainError


class Command(BaseCommand):
    """``restore ID``, ``restore ID --tables teams_team``, ``restore --release-outgoing``, ``--old``, ``--drop-old``."""

    help = "Restores a backup beside the live database, compares it, and swaps. The old database is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("set", nargs="?", metavar="ID", help="a set, or latest")
        parser.add_argument("--yes", action="store_true", help="do not ask: the site's data becomes that of the set")
        parser.add_argument("--key", type=Path, help="file with the secret key; else BACKUP_IDENTITY_FILE")
        parser.add_argument(
            "--tables", nargs="+", metavar="TABLE", help="only rows of these tables that are missing now"
        )
        parser.add_argument("--replace", action="store_true", help="with --tables: also rows that differ now")
        parser.add_argument("--release-outgoing", action="store_true", help="let mails and webhooks go again")
        parser.add_argument("--old", action="store_true", help="show the databases that restores kept")
        parser.add_argument("--drop-old", metavar="NAME", help="drop one of them")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._act(options)
        except DomainError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"ok": False, "code": error.code, "error": error.message}))
            raise CommandError(error.message) from error

    def _act(self, options: dict[str, Any]) -> None:
        if options["release_outgoing"]:
            waiting = outgoing.release(actor=None)
            self._say(options, {"waiting_jobs": waiting}, f"Mails and webhooks go out again. {waiting} jobs wait.")
        elif options["old"]:
            old = beside.old_ones(servers.live())
            self._say(options, {"databases": old}, "\n".join(old) or "No restore kept a database.")
        elif options["drop_old"]:
            restoring.drop_old(actor=None, name=options["drop_old"])
            self._say(options, {"dropped": options["drop_old"]}, f"The database {options['drop_old']} is dropped.")
        elif options["set"] is None:
            raise CommandError("Say which set: manage.py restore ID, or latest. `manage.py backup list` shows them.")
        elif options["tables"]:
            self._tables(options)
        else:
            self._whole(options)

    def _whole(self, options: dict[str, Any]) -> None:
        if not options["yes"] and not self._agreed(options["set"]):
            raise CommandError("Nothing was done.")
        done = restoring.restore(actor=None, name=options["set"], key_file=options["key"])
        lines = [f"The site's data is that of {done.set_id}. The database from before is kept as {done.old}."]
        if done.continued:
            lines = [
                f"The restore of {done.set_id} that was interrupted after its swap is finished; {done.old} is kept."
            ]
            lines.append("The set named now was not restored: run the command again for that.")
        if done.migrated:
            lines.append(f"It lacked {done.migrated} migrations of this release, which were run.")
        if done.uploads:
            lines.append(
                f"{done.uploads['written']} uploads were written, {done.uploads['replaced']} in the place of others."
            )
        lines += done.warnings
        lines.append(f"{done.resent_jobs} jobs are sent again. Mails and webhooks are held: look at the site, then run")
        lines.append("  manage.py restore --release-outgoing")
        self._say(options, asdict(done), "\n".join(lines))

    def _tables(self, options: dict[str, Any]) -> None:
        done = tables.restore(
            actor=None,
            name=options["set"],
            names=options["tables"],
            replace=options["replace"],
            key_file=options["key"],
        )
        lines = [f"{name}: {told['added']} rows added, {told['changed']} changed." for name, told in done.items()]
        self._say(options, {"tables": done}, "\n".join(lines))

    def _agreed(self, name: str) -> bool:
        if name == sets.LATEST:
            name = "the newest set"
        self.stdout.write(f"The site's data becomes that of {name}; what came after it is only in the old database.")
        return input("Type yes: ").strip().lower() == "yes"

    def _say(self, options: dict[str, Any], told: dict[str, Any], text: str) -> None:
        self.stdout.write(json.dumps({"ok": True, **told}) if options["json"] else text)
