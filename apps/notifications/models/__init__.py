"""What was told to whom, how it got there, and what people want."""

from apps.notifications.models.batch import BatchChunk, NotificationBatch
from apps.notifications.models.bounce import BouncedAddress
from apps.notifications.models.delivery import Delivery
from apps.notifications.models.digest import NotificationDigest
from apps.notifications.models.notification import Notification
from apps.notifications.models.pace import Pace
from apps.notifications.models.preference import EmailSuppression, NotificationPreference
from apps.notifications.models.webhook import Webhook

__all__ = [
    "BatchChunk",
    "BouncedAddress",
    "Delivery",
    "EmailSuppression",
    "Notification",
    "NotificationBatch",
    "NotificationDigest",
    "NotificationPreference",
    "Pace",
    "Webhook",
]
