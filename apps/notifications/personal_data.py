"""What this app knows about a person: exported when they ask for it, deleted when they leave."""

from typing import Any

from apps.notifications.models import (
    BouncedAddress,
    Delivery,
    Notification,
    NotificationDigest,
    NotificationPreference,
    Webhook,
)


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
        "bounced_addresses": list(
            BouncedAddress.objects.filter(address__iexact=user.email).values("address", "reason", "created_at")
        ),
        "discord_channels": list(
            Webhook.objects.filter(user=user).values("name", "discord_id", "created_at", "off_at", "off_reason")
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


def purge(user: Any) -> None:
    """Forget what the person was told and how, and the way to their Discord channel."""
    Webhook.objects.filter(user=user).delete()
    Notification.objects.filter(recipient=user).delete()
    NotificationPreference.objects.filter(user=user).delete()
    BouncedAddress.objects.filter(address__iexact=user.email).delete()
