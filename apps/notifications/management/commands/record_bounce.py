"""Takes in mails that came back: one on standard input, as an alias hands it over, or all of a mailbox."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.notifications import bounce_mailboxes
from apps.notifications.services import read_bounce_mailbox, record_text


class Command(BaseCommand):
    help = "Reads delivery reports (RFC 3464) and stops mails to addresses that do not exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mailbox",
            action="store_true",
            help="Read the mailbox of BOUNCE_MAILBOX instead of standard input, and delete the reports there.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["mailbox"]:
            self._read_mailbox()
            return
        # It always ends well: to a mail server a failed command is a reason to bounce the bounce.
        for line in record_text(sys.stdin.buffer.read(bounce_mailboxes.LONGEST)):
            self.stdout.write(line)

    def _read_mailbox(self) -> None:
        if not settings.BOUNCE_MAILBOX:
            raise CommandError(f"BOUNCE_MAILBOX is empty. It looks like {bounce_mailboxes.EXAMPLE}.")
        try:
            taken = read_bounce_mailbox()
        except bounce_mailboxes.Unusable as error:
            raise CommandError(str(error)) from error
        for line in taken.said:
            self.stdout.write(line)
        self.stdout.write(f"{taken.reports} reports were taken in, {taken.left} other mails left where they are.")
