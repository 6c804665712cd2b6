"""The indexes of notifications that pages depend on, each with the query that it is for."""

from datetime import timedelta

from django.utils import timezone

from apps.core.indexes import IndexUse
from apps.notifications.models import Notification

_TABLE = Notification._meta.db_table

INDEXES = [
    IndexUse(
        "idx_notification_recipient",
        _TABLE,
        "the bell: what somebody has not read",
        lambda: Notification.objects.unread().filter(recipient=1).order_by("-created_at")[:20],
    ),
    IndexUse(
        "idx_notification_created",
        _TABLE,
        "the clean-up of old ones",
        lambda: Notification.objects.filter(created_at__lt=timezone.now() - timedelta(days=365)).order_by("created_at")[
            :1000
        ],
    ),
    IndexUse(
        "idx_notification_inbox",
        _TABLE,
        "the list of somebody's notifications",
        lambda: Notification.objects.filter(recipient=1).order_by("-id")[:20],
    ),
]
