"""What was summed up for whom on which day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class NotificationDigest(models.Model):
    """One person's digest of one day of theirs. The row is the claim: whoever writes it has the mail sent.

    The mail itself is a notification with its delivery, so it is sent, tried again and listed like every other.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notification_digests",
        db_index=False,  # the constraint begins with it
    )
    day = models.DateField(help_text="In the person's time zone.")
    since = models.DateTimeField(help_text="Where the last digest ended.")
    until = models.DateTimeField()
    count = models.PositiveIntegerField(help_text="Unread notifications when it was made.")
    notification = models.OneToOneField(
        "notifications.Notification", on_delete=models.SET_NULL, null=True, related_name="digest"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="digest_once_per_user_and_day"),
            models.CheckConstraint(condition=Q(until__gt=F("since"), count__gt=0), name="digest_says_something"),
        ]

    def __str__(self) -> str:
        return f"Digest of user {self.user_id} for {self.day}"
