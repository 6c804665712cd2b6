"""The writes of notifications. Other apps call ``notify`` and ``notify_email``, within their transaction."""

from apps.notifications.services.batches import send_batch
from apps.notifications.services.bounce_mailbox import read_bounce_mailbox, record_text
from apps.notifications.services.bounces import NO_REPORT, clear_address, clear_own_address, record_report
from apps.notifications.services.deliveries import deliver_discord, deliver_email, requeue, settle_interrupted
from apps.notifications.services.digests import send_due_digests
from apps.notifications.services.preferences import set_email_opt_out, set_preferences, unsubscribe
from apps.notifications.services.reading import mark_all_read, mark_read, mark_unread
from apps.notifications.services.samples import send_sample
from apps.notifications.services.sending import emit, notify, notify_email
from apps.notifications.services.trying_out import send_test
from apps.notifications.services.webhooks import (
    add_webhook,
    choose_webhook_types,
    remove_webhook,
    set_personal_webhook,
    test_webhook,
)

__all__ = [
    "NO_REPORT",
    "add_webhook",
    "choose_webhook_types",
    "clear_address",
    "clear_own_address",
    "deliver_discord",
    "deliver_email",
    "emit",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "notify",
    "notify_email",
    "read_bounce_mailbox",
    "record_report",
    "record_text",
    "remove_webhook",
    "requeue",
    "send_batch",
    "send_due_digests",
    "send_sample",
    "send_test",
    "set_email_opt_out",
    "set_personal_webhook",
    "set_preferences",
    "settle_interrupted",
    "test_webhook",
    "unsubscribe",
]
