"""Takes in a mail that came back, as a mail server's alias hands it over on standard input."""

import email
import email.policy
import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.notifications.services import record_report

# A report with the mail that came back; what is longer is no report of a mail of ours.
LONGEST = 1_000_000


class Command(BaseCommand):
    help = "Reads a delivery report (RFC 3464) from standard input and stops mails to an address that does not exist."

    def handle(self, *args: Any, **options: Any) -> None:
        text = sys.stdin.buffer.read(LONGEST)
        # It always ends well: to a mail server a failed command is a reason to bounce the bounce.
        for line in record_report(email.message_from_bytes(text, policy=email.policy.compat32)):
            self.stdout.write(line)
