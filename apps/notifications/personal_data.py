"""What this app knows about a person, for the export of their data."""

from typing import Any

from apps.notifications.models import Delivery, Notification, NotificationDigest, NotificationPreference


def personal_data(user: Any) -> dict[str, list[Any]]:
    """Return the person's notifications, what became of them, and their choices."""
    preference = NotificationPreference.objects.filter(user=user).first() or NotificationPreference(user=user)
    digests = NotificationDigest.objects.filter(user=user).order_by("pk")
    return {
        "notifications": list(
            Notification.objects.filter(recipient=user)
            .order_by("pk")
            .values("type", "title", "body", "url", "created_at", "read_at")
        ),
        "notification_deliveries": list(
            Delivery.objects.filter(notification__recipient=user)
            .order_by("pk")
            .values("notification__title", "channel", "state", "sent_at", "error")
        ),
        "notification_digests": list(digests.values("day", "since", "until", "count")),
        "notification_preferences": [
            {
                "enable_daily_digest": preference.enable_daily_digest,
                "opt_out_email": preference.opt_out_email,
                "digest_hour": preference.digest_hour,
                "choices": preference.choices,
                "time_zone": preference.zone.key,
                "quiet_from": preference.quiet_from,
                "quiet_until": preference.quiet_until,
            }
        ],
    }
