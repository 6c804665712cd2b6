"""Makes, shows, proves and deletes backups. docs/backup.md is the page for it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.backups import (
    configuration,
    keys,
    making,
    places,
    retention,
    scheduled,
    sets,
    verifying,
)
from apps.core.errors import DomainError

MAKES = making.KINDS
ACTS = (*MAKES, "list", "verify", "prune", "upload", "key", "secrets")


class Command(BaseCommand):
    """``backup``, ``backup database``, ``backup list``, ``backup verify latest``, ``backup prune`` …"""

    help = "Makes a backup set (all, database or media), lists, verifies, prunes and uploads sets, makes a key."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", nargs="?", choices=ACTS, default="all")
        parser.add_argument("set", nargs="?", default=sets.LATEST, metavar="ID", help="a set, or latest")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--key", type=Path, help="file with the secret key; else BACKUP_IDENTITY_FILE")
        parser.add_argument("--into", type=Path, help="key, secrets: the file or folder to write, readable by you only")
        parser.add_argument("--dry-run", action="store_true", help="prune: only say what would be deleted")
        parser.add_argument("--many", action="store_true", help="prune: also when most sets would go at once")
        parser.add_argument("--scheduled", action="store_true", help="for timers: once a day, and then prune")
        parser.add_argument("--drill", action="store_true", help="verify: the weekly one, once a week")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            if act in MAKES:
                self._make(act, options)
            else:
                getattr(self, f"_{act}")(options)
        except DomainError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"ok": False, "code": error.code, "error": error.message}))
            raise CommandError(error.message) from error

    def _say(self, options: dict[str, Any], told: Any, text: str) -> None:
        self.stdout.write(json.dumps(told) if options["json"] else text)

    def _make(self, kind: str, options: dict[str, Any]) -> None:
        if options["scheduled"]:
            made = scheduled.back_up()
            if made is None:
                self._say(
                    options,
                    {"ok": True, "made": None},
                    "Nothing to do: today's is made, or this is development without a key.",
                )
                return
        else:
            made = making.make(actor=None, kind=kind)
        told = {"ok": True, **making.as_told(made)}
        parts = [f"{told['tables']} tables, {told['rows']} rows"] if told["tables"] else []
        parts += [f"{told['uploads']} uploads"] if made.manifest.media else []
        text = f"Set {made.id} is complete: {', '.join(parts)}, {_size(told['size'])}, in {made.folder}."
        if told["missing_uploads"]:
            text += f"\n{len(told['missing_uploads'])} uploads that rows point at do not exist."
        if not made.manifest.sealed:
            text += "\nIt is not encrypted: BACKUP_RECIPIENTS is empty."
        told["warnings"] = list(made.warnings)
        for warning in made.warnings:
            self.stderr.write(self.style.WARNING(f"{warning} The next backup brings what is missing."))
        self._say(options, told, text)

    def _list(self, options: dict[str, Any]) -> None:
        told = configuration.current()
        good, broken = sets.all_of(told)
        there = places.look(told)
        elsewhere = {name for names in there.sets.values() for name in names}
        rows = [making.as_told(one) | {"places": _places(one.id, there)} for one in good]
        only_there = sorted(elsewhere - {one.id for one in good}, reverse=True)
        lines = [f"{'set':<24} {'kind':<9} {'size':>9}  {'verified':<17} also in"]
        for row in rows:
            verified = row["verified_at"][:16].replace("T", " ") if row["verified_at"] else "never"
            also = ", ".join(row["places"][1:]) or ("no other place" if told.remotes else "no place is named")
            lines.append(f"{row['id']:<24} {row['kind']:<9} {_size(row['size']):>9}  {verified:<17} {also}")
        lines += [f"{name:<24} only in {', '.join(_places(name, there)[1:])}" for name in only_there]
        lines += [f"{one.id:<24} BROKEN: {one.reason}" for one in broken]
        if len(lines) == 1:
            lines = ["There is no set yet. `manage.py backup` makes one."]
        lines += there.warnings
        self._say(
            options,
            {
                "sets": rows,
                "only_elsewhere": only_there,
                "broken": [asdict(one) for one in broken],
                "warnings": there.warnings,
            },
            "\n".join(lines),
        )

    def _verify(self, options: dict[str, Any]) -> None:
        if options["drill"]:
            one = scheduled.drill(key_file=options["key"])
            if one is None:
                self._say(
                    options,
                    {"ok": True, "verified": None},
                    "Nothing to do: this week's is done, or this is development without a key.",
                )
                return
        else:
            one = verifying.verify(actor=None, name=options["set"], key_file=options["key"])
        told = {"ok": True, **making.as_told(one)}
        text = f"Set {one.id} was restored into a cluster of its own: every table, upload and sum is as it was."
        self._say(options, told, text)

    def _prune(self, options: dict[str, Any]) -> None:
        told = retention.prune(actor=None, dry_run=options["dry_run"], many=options["many"])
        verb = "would be deleted" if options["dry_run"] else "deleted"
        text = told.because or f"{len(told.deleted)} sets and {told.uploads} uploads {verb}."
        text = "\n".join([text, *told.kept])
        self._say(options, {"ok": True, **asdict(told)}, text)

    def _upload(self, options: dict[str, Any]) -> None:
        one, where = places.upload(name=options["set"])
        self._say(options, {"ok": True, "id": one.id, "places": where}, f"Set {one.id} is in {', '.join(where)}.")

    def _key(self, options: dict[str, Any]) -> None:
        if options["into"] is None:
            raise CommandError("Say where the secret key goes: manage.py backup key --into FILE")
        public = keys.make(options["into"])
        self._say(
            options,
            {"ok": True, "public": public, "file": str(options["into"])},
            f"The secret key is in {options['into']}. Keep a copy away from this server: without it no backup opens.\n"
            f"BACKUP_RECIPIENTS={public}",
        )

    def _secrets(self, options: dict[str, Any]) -> None:
        """Works without a database and without the right SECRET_KEY: it is what brings that key back."""
        if options["into"] is None:
            raise CommandError("Say where the secrets go: manage.py backup secrets ID --into FOLDER")
        told = configuration.current()
        name = options["set"] if options["set"] != sets.LATEST else next(iter(sets.ids(told)), "")
        written = keys.write_secrets(told, name, options["into"], options["key"])
        self._say(options, {"ok": True, "files": written}, "Written: " + ", ".join(written) + ".")


def _places(set_id: str, there: places.There) -> list[str]:
    return [places.LOCAL, *(name for name, names in there.sets.items() if set_id in names)]


def _size(size: int) -> str:
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"
