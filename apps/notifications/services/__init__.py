"""The writes of notifications. Other apps call ``notify`` and ``notify_email``, within their transaction."""

from apps.notifications.services.deliveries import deliver_email, requeue, settle_interrupted
from apps.notifications.services.digests import send_due_digests
from apps.notifications.services.preferences import set_email_opt_out, set_preferences, unsubscribe
from apps.notifications.services.reading import mark_all_read, mark_read, mark_unread
from apps.notifications.services.sending import emit, notify, notify_email
from apps.notifications.services.trying_out import send_test

__all__ = [
    "deliver_email",
    "emit",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "notify",
    "notify_email",
    "requeue",
    "send_due_digests",
    "send_test",
    "set_email_opt_out",
    "set_preferences",
    "settle_interrupted",
    "unsubscribe",
]
