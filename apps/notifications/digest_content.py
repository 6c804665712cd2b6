"""What a digest says, read when it is sent: what was read meanwhile is not news any more."""

from datetime import datetime
from typing import Any

from apps.notifications.constants import DIGEST_SHOWN
from apps.notifications.models import Notification, NotificationPreference
from apps.notifications.models.notification import NotificationQuerySet

READ_MEANWHILE = "Everything in it was read before it was sent."


def words(notification: Notification) -> dict[str, Any]:
    """Return what the digest's template shows: the newest first, and how many more there are."""
    rows = list(_news(notification)[: DIGEST_SHOWN + 1])
    more = _news(notification).order_by().count() - DIGEST_SHOWN if len(rows) > DIGEST_SHOWN else 0
    preference = getattr(notification.recipient, "notification_preference", None) or NotificationPreference()
    return {
        "items": [
            {"row": row, "at": row.created_at.astimezone(preference.zone).strftime("%d %b, %H:%M")}
            for row in rows[:DIGEST_SHOWN]
        ],
        "more": more,
    }


def outdated(notification: Notification) -> str:
    """Return why this digest is not needed any more, or an empty string."""
    return "" if _news(notification).exists() else READ_MEANWHILE


def _news(notification: Notification) -> NotificationQuerySet:
    since = datetime.fromisoformat(notification.context["since"])
    until = datetime.fromisoformat(notification.context["until"])
    mine = Notification.objects.filter(recipient_id=notification.recipient_id).unread()
    return mine.filter(created_at__gte=since, created_at__lt=until).order_by("-pk")
