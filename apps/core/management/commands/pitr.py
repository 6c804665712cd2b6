"""Point in time: what pgBackRest is told, whether the log arrives, and a set of any moment."""

import json
import os
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.core.backups import making, pitr
from apps.core.errors import DomainError


class Command(BaseCommand):
    """``pitr config --into FILE``, ``pitr check``, ``pitr set "2026-11-29 02:14:59"``."""

    help = "Writes the configuration of pgBackRest, checks that the log arrives, makes a set of a moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["config", "check", "set"])
        parser.add_argument("time", nargs="?", help="set: the last moment that is in it, UTC unless it says otherwise")
        parser.add_argument("--into", type=Path, default=pitr.CONFIG, help="config: the file to write")
        parser.add_argument(
            "--pg-path", type=Path, default=Path("/var/lib/postgresql/15/main"), help="config: the data"
        )
        parser.add_argument(
            "--repository", type=Path, default=Path("/var/lib/pgbackrest"), help="config: where to keep"
        )
        parser.add_argument("--config", type=Path, default=pitr.CONFIG, help="set: pgBackRest's configuration")
        parser.add_argument("--stanza", default=pitr.STANZA)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        try:
            getattr(self, f"_{act}")(options)
        except DomainError as error:
            if options["json"]:
                self.stdout.write(json.dumps({"ok": False, "code": error.code, "error": error.message}))
            raise CommandError(error.message) from error

    def _config(self, options: dict[str, Any]) -> None:
        text = pitr.config(pg_path=options["pg_path"], repository=options["repository"])
        try:
            options["into"].parent.mkdir(mode=0o755, exist_ok=True)
            descriptor = os.open(options["into"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        except OSError as error:
            raise CommandError(f"{options['into']} is not written: {error.strerror}.") from error
        with os.fdopen(descriptor, "w") as output:
            if os.geteuid() == 0 and options["pg_path"].exists():  # who runs the server reads it, and nobody else
                owner = options["pg_path"].stat()
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
            output.write(text)
        lines = [f"Written: {options['into']}. It holds the passphrase of the archive: keep a copy elsewhere.", ""]
        lines += ["Into a file of /etc/postgresql/…/main/conf.d or postgresql.conf, then restart the server:"]
        lines += [f"  {name} = '{value}'" for name, value in pitr.server_settings(options["into"]).items()]
        run = f"runuser -u postgres -- pgbackrest --config={options['into']} --stanza={pitr.STANZA}"
        lines += ["", "Then; after that the timers of deploy/systemd make the nightly ones:"]
        lines += [f"  {run} stanza-create", f"  {run} check", f"  {run} --type=full backup"]
        self.stdout.write("\n".join(lines))

    def _check(self, options: dict[str, Any]) -> None:
        told = pitr.archiver()
        last = told.last_archived_at.isoformat() if told.last_archived_at else None
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not told.problem, "problem": told.problem, "last": last, "failed": told.failed})
            )
        if told.problem:
            raise CommandError(told.problem)
        if not options["json"]:
            self.stdout.write(f"The log arrives: the last piece at {last}.")

    def _set(self, options: dict[str, Any]) -> None:
        to = _moment(options["time"])
        made = pitr.make_set(actor=None, to=to, config_file=options["config"], stanza=options["stanza"])
        if options["json"]:
            self.stdout.write(json.dumps({"ok": True, **making.as_told(made)}))
            return
        self.stdout.write(
            f"Set {made.id} is the database as it was at {to:%F %T} UTC. Next, one of:\n"
            f"  manage.py restore {made.id} --tables TABLE…\n  manage.py restore {made.id}"
        )


def _moment(text: str | None) -> datetime:
    try:
        moment = parse_datetime(text or "")
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError('Say which moment: manage.py pitr set "2026-11-29 02:14:59"')
    return timezone.make_aware(moment, UTC) if timezone.is_naive(moment) else moment.astimezone(UTC)
