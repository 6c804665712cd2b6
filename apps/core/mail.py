"""The mail backend: stamps each mail with the request it comes from and hands it to the transport of the settings."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from apps.core import context
from apps.core.metrics import counted

HEADER = "X-Request-ID"


class ContextEmailBackend(BaseEmailBackend):
    """``EMAIL_BACKEND`` in all environments; ``EMAIL_TRANSPORT`` names the backend that sends."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)
        self.transport: BaseEmailBackend = get_connection(
            settings.EMAIL_TRANSPORT, fail_silently=fail_silently, **kwargs
        )

    def open(self) -> bool | None:
        return self.transport.open()

    def close(self) -> None:
        self.transport.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        request_id = context.current().request_id
        if request_id:
            for message in email_messages:
                message.extra_headers.setdefault(HEADER, request_id)
        try:
            sent = self.transport.send_messages(email_messages) or 0
        except Exception:
            counted.MAILS.add("failed", by=len(email_messages))
            raise
        counted.MAILS.add("sent", by=sent)
        return sent
