"""What staff see of notifications."""

from apps.notifications.admin.batches import NotificationBatchAdmin
from apps.notifications.admin.bounces import BouncedAddressAdmin
from apps.notifications.admin.deliveries import DeliveryAdmin, NotificationAdmin
from apps.notifications.admin.preferences import NotificationDigestAdmin, NotificationPreferenceAdmin
from apps.notifications.admin.webhooks import WebhookAdmin

__all__ = [
    "BouncedAddressAdmin",
    "DeliveryAdmin",
    "NotificationAdmin",
    "NotificationBatchAdmin",
    "NotificationDigestAdmin",
    "NotificationPreferenceAdmin",
    "WebhookAdmin",
]
