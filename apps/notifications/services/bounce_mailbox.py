"""Takes in what lies in the mailbox that a mail server collects returned mails in."""

import email
import email.policy
from dataclasses import dataclass, field

from django.conf import settings

from apps.notifications import bounce_mailboxes
from apps.notifications.services.bounces import NO_REPORT, record_report


@dataclass
class Taken:
    """What one reading did: ``said`` has a line for each recipient of each report."""

    reports: int = 0
    left: int = 0
    said: list[str] = field(default_factory=list)


def read_bounce_mailbox() -> Taken:
    """Take in and delete the reports in ``BOUNCE_MAILBOX``; other mails stay where they are. Nothing without a mailbox.

    Killed before the end, it reads the same reports again, which changes nothing.

    Raises:
        Unusable: The address makes no sense, the mailbox does not open, or the conversation broke.
    """
    taken = Taken()
    if not settings.BOUNCE_MAILBOX:
        return taken
    with bounce_mailboxes.opened(settings.BOUNCE_MAILBOX) as mails:
        for text, delete in mails:
            said = record_text(text)
            if said == [NO_REPORT]:
                taken.left += 1  # somebody's answer, or a mailbox that is not only for this
                continue
            taken.said += said
            delete()
            taken.reports += 1
    return taken


def record_text(text: bytes) -> list[str]:
    """Take in one mail as it came over the wire. Returns a line for each recipient that says what was done."""
    return record_report(email.message_from_bytes(text, policy=email.policy.compat32))
