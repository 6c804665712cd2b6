"""The mail transport of development: keeps each mail for the mailbox page and says so in one line."""

import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.core.mailbox import store


class MailboxBackend(BaseEmailBackend):
    """Sends nothing anywhere."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for message in email_messages:
            recipients = message.recipients()
            if not recipients:
                continue  # as a mail server would: nobody to send to
            mime = message.message()
            mime["X-Envelope-To"] = ", ".join(recipients)
            mail_id = store.save(mime.as_bytes())
            subject = " ".join(str(message.subject).split())
            sys.stdout.write(f"Mail to {', '.join(recipients)}: {subject} {settings.SITE_URL}/mailbox/{mail_id}/\n")
            sys.stdout.flush()
            sent += 1
        return sent
