"""Asks whether a person wants this news by this channel, and says why not. Without queries: it is asked for thousands.

The people must come with their preferences (``select_related("notification_preference", "personal_webhook")``).
"""

from datetime import datetime
from typing import Any

from apps.notifications.constants import DIGEST, Channel
from apps.notifications.models import NotificationPreference
from apps.notifications.registry import NotificationType

OPTED_OUT = "The person wants no notification e-mails."
NO_ADDRESS = "The account has no e-mail address."
NO_DIGEST = "The person wants no daily digest."
NOT_THIS_KIND = "The person does not want this kind of news this way."


def wants(kind: NotificationType, user: Any, channel: str) -> bool:
    """Return what the person chose for this type and channel, or the type's own."""
    default = kind.goes_by(channel)
    preference = _preference(user)
    if kind.required or preference is None:
        return default
    choice = preference.choice(kind.code, channel)
    return default if choice is None else choice


def concerns(kind: NotificationType, user: Any, channel: str) -> bool:
    """Return whether a delivery is written: one that would be sent, or one that says why it is not.

    Who has no Discord channel has chosen nothing about it, so nothing is said.
    """
    if channel == Channel.DISCORD:
        webhook = getattr(user, "personal_webhook", None)
        return webhook is not None and webhook.works and wants(kind, user, channel)
    return channel in kind.channels or wants(kind, user, channel)


def refuse_in_app(kind: NotificationType, user: Any) -> str:
    """Return why this person does not see this type on the site, or an empty string."""
    return "" if wants(kind, user, Channel.IN_APP) else NOT_THIS_KIND


def refuse_email(kind: NotificationType | None, user: Any) -> str:
    """Return why this person gets no mail of this type, or an empty string."""
    if not user.email:
        return NO_ADDRESS
    if kind and kind.required:
        return ""
    preference = _preference(user)
    if preference and preference.opt_out_email:
        return OPTED_OUT
    if preference and kind and kind.code == DIGEST and not preference.enable_daily_digest:
        return NO_DIGEST
    return NOT_THIS_KIND if kind and not wants(kind, user, Channel.EMAIL) else ""


def refuse_discord(kind: NotificationType | None, user: Any) -> str:
    """Return why this person gets no Discord message of this type, or an empty string."""
    return NOT_THIS_KIND if kind and not wants(kind, user, Channel.DISCORD) else ""


def quiet_until(kind: NotificationType | None, user: Any, *, now: datetime) -> datetime | None:
    """Return until when this message has to wait, nothing when it may go.

    What concerns safety never waits, and the digest comes at an hour that the person chose.
    """
    preference = _preference(user)
    if preference is None or (kind and (kind.required or kind.code == DIGEST)):
        return None
    return preference.quiet_end(now)


def _preference(user: Any) -> NotificationPreference | None:
    return getattr(user, "notification_preference", None)
