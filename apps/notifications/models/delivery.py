"""One notification on its way through one channel."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.notifications.constants import Channel, DeliveryState


class Delivery(models.Model):
    """What became of one notification on one channel, with the reason when it did not arrive."""

    notification = models.ForeignKey("notifications.Notification", on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    bulk = models.BooleanField(
        default=False, db_default=False, help_text="One of many: it waits behind what is meant for one person."
    )
    not_before = models.DateTimeField(
        null=True, blank=True, help_text="Its turn, when the receiver takes only so many or asked to wait."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why it was not sent.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"
        permissions = [("requeue_delivery", "Can have a failed delivery tried again")]
        ordering = ["-id"]
        indexes = [
            # Nearly every row ends as sent or skipped; what somebody has to look at stays a small index.
            models.Index(
                fields=["state", "claimed_at"],
                name="idx_delivery_open",
                condition=Q(state__in=["pending", "claimed", "sending", "failed", "unknown"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False), name="delivery_sent_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "sending"]) | Q(claimed_at__isnull=False),
                name="delivery_sending_has_its_claim",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "skipped", "unknown"]) | ~Q(error=""),
                name="delivery_not_sent_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} of notification {self.notification_id}: {self.get_state_display()}"
