"""Signed links that stop mail without a login. They never expire: mail is kept for years (RFC 8058)."""

from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

from apps.notifications.models import Notification

SALT = "notifications.unsubscribe"


@dataclass(frozen=True)
class Target:
    """Whose mail stops: an account's or an address's. The type lets later links stop one kind only."""

    user_id: int | None
    address: str
    type: str


def path_for(notification: Notification) -> str:
    """Return the path that stops mail to this notification's recipient."""
    token = signing.dumps(
        [notification.recipient_id, notification.address, notification.type], salt=SALT, compress=True
    )
    return reverse("notifications:unsubscribe", args=[token])


def read(token: str) -> Target | None:
    """Return whom the link is for, or nothing when it isn't ours."""
    try:
        user_id, address, type_code = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Target(user_id=user_id, address=address, type=type_code)
