"""A notification that somebody sends to themselves, to see where news arrives."""

from typing import Any

from django.utils import timezone

from apps.core.errors import RateLimited
from apps.notifications.services.sending import notify


def send_test(*, actor: Any) -> None:
    """Send the actor a test notification by every channel they left on.

    Raises:
        RateLimited: They sent one within this minute.
    """
    # Nobody is the actor: whoever causes something isn't told about it. The fingerprint is the limit.
    if not notify([actor], "notifications.test", fingerprint=f"{timezone.now():%Y-%m-%dT%H:%M}"):
        raise RateLimited("You sent yourself a test a moment ago. Try again in a minute.", retry_after=60)
