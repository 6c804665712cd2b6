"""The sentence that leads from "we sent you a mail" to the mailbox."""

from django.conf import settings
from django.http import HttpRequest


def mail_hint(request: HttpRequest) -> str | None:
    """Fill the slot ``mail_hint``, in development only."""
    return "core/mailbox/hint.html" if settings.ENVIRONMENT == "development" else None
