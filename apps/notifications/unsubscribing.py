"""Signed links in mails, for people who are not logged in. Those that stop mail never expire (RFC 8058)."""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from apps.notifications.models import Notification

SALT = "notifications.unsubscribe"
KIND = "kind"
PREFERENCES_SALT = "notifications.preferences"
# Mails are forwarded and kept; a year later the link leads to the login instead.
PREFERENCES_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Target:
    """Whose mail stops, an account's or an address's, and which: of one kind, or all of it."""

    user_id: int | None
    address: str
    type: str
    only_this_kind: bool = False


def path_for(notification: Notification, *, only_this_kind: bool = False) -> str:
    """Return the path that stops mail to this notification's recipient: all of it, or what is of this kind.

    Somebody without an account has chosen no kinds, so for them there is only all.
    """
    content: list[object] = [notification.recipient_id, notification.address, notification.type]
    if only_this_kind and notification.recipient_id:
        content.append(KIND)
    token = signing.dumps(content, salt=SALT, compress=True)
    return reverse("notifications:unsubscribe", args=[token])


def path_of_all(target: Target) -> str:
    """Return the path that stops all mail to whom this link is for."""
    token = signing.dumps([target.user_id, target.address, target.type], salt=SALT, compress=True)
    return reverse("notifications:unsubscribe", args=[token])


def read(token: str) -> Target | None:
    """Return whom the link is for, or nothing when it isn't ours."""
    try:
        user_id, address, type_code, *scope = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Target(user_id=user_id, address=address, type=type_code, only_this_kind=scope == [KIND])


def preferences_path_for(user_id: int) -> str:
    """Return the path to this user's preferences that works without a login."""
    token = signing.dumps(user_id, salt=PREFERENCES_SALT)
    return reverse("notifications:mail_preferences", args=[token])


def read_preferences(token: str) -> int | None:
    """Return whose preferences the link opens, or nothing when it isn't ours or too old."""
    try:
        user_id = signing.loads(token, salt=PREFERENCES_SALT, max_age=PREFERENCES_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return user_id if isinstance(user_id, int) else None
