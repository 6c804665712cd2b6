"""Takes in mails that came back: one on standard input, as an alias hands it over, or all of a mailbox."""

import email
import email.policy
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.notifications import bounce_mailboxes
from apps.notifications.services import NO_REPORT, record_report


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
        for line in self._record(sys.stdin.buffer.read(bounce_mailboxes.LONGEST)):
            self.stdout.write(line)

    def _read_mailbox(self) -> None:
        """Killed before the end, it reads the same reports again, which changes nothing."""
        reports = left = 0
        try:
            with bounce_mailboxes.opened(settings.BOUNCE_MAILBOX) as mails:
                for text, delete in mails:
                    said = self._record(text)
                    if said == [NO_REPORT]:
                        left += 1  # somebody's answer, or a mailbox that is not only for this
                        continue
                    for line in said:
                        self.stdout.write(line)
                    delete()
                    reports += 1
        except bounce_mailboxes.Unusable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{reports} reports were taken in, {left} other mails left where they are.")

    @staticmethod
    def _record(text: bytes) -> list[str]:
        return record_report(email.message_from_bytes(text, policy=email.policy.compat32))
