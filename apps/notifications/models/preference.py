"""What people want to be told, and how."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class NotificationPreference(models.Model):
    """One person's choices. Somebody without a row has the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preference"
    )
    enable_daily_digest = models.BooleanField(default=True)
    opt_out_email = models.BooleanField("no notification e-mails", default=False)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Notification preferences of user {self.user_id}"

    @classmethod
    def get_or_create_for_user(cls, user: Any) -> NotificationPreference:
        """Return the person's row, made with the defaults if there is none. Safe when two requests ask at once."""
        preference, _ = cls.objects.get_or_create(user_id=user.pk)
        return preference


class EmailSuppression(models.Model):
    """An address without an account that asked for no more mail."""

    address = models.EmailField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("address"), name="email_suppression_address_ci"),
        ]

    def __str__(self) -> str:
        return self.address
