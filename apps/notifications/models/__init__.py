"""What was told to whom, how it got there, and what people want."""

from apps.notifications.models.delivery import Delivery
from apps.notifications.models.digest import NotificationDigest
from apps.notifications.models.notification import Notification
from apps.notifications.models.preference import EmailSuppression, NotificationPreference

__all__ = ["Delivery", "EmailSuppression", "Notification", "NotificationDigest", "NotificationPreference"]
