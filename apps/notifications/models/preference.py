"""What people want to be told, and how."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from apps.notifications import zones


class NotificationPreference(models.Model):
    """One person's choices. Somebody without a row has the defaults."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preference"
    )
    enable_daily_digest = models.BooleanField(default=True)
    opt_out_email = models.BooleanField("no notification e-mails", default=False)
    choices = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="What differs from the types' own channels: type → channel → whether it is wanted.",
    )
    time_zone = models.CharField(
        max_length=64, default="", db_default="", blank=True, help_text="The site's when empty."
    )
    quiet_from = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="No mails from this hour on, in the person's time zone."
    )
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Mails again from this hour on.")
    digest_hour = models.PositiveSmallIntegerField(
        default=8, db_default=8, help_text="When the daily digest comes, in the person's time zone."
    )
    digest_due_at = models.DateTimeField(null=True, blank=True, help_text="The next one; set by the first run.")
    digest_since = models.DateTimeField(null=True, blank=True, help_text="Where the last one ended.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["digest_due_at", "id"],
                name="idx_preference_digest_due",
                condition=Q(enable_daily_digest=True, opt_out_email=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(
                    quiet_from__isnull=False,
                    quiet_until__isnull=False,
                    quiet_from__range=(0, 23),
                    quiet_until__range=(0, 23),
                ),
                name="preference_quiet_hours_are_two",
            ),
            models.CheckConstraint(condition=Q(digest_hour__range=(0, 23)), name="preference_digest_hour_is_an_hour"),
        ]

    def __str__(self) -> str:
        return f"Notification preferences of user {self.user_id}"

    @classmethod
    def get_or_create_for_user(cls, user: Any) -> NotificationPreference:
        """Return the person's row, made with the defaults if there is none. Safe when two requests ask at once."""
        preference, _ = cls.objects.get_or_create(user_id=user.pk)
        return preference

    @property
    def zone(self) -> ZoneInfo:
        return zones.zone_of(self.time_zone)

    @property
    def wants_digest(self) -> bool:
        return self.enable_daily_digest and not self.opt_out_email

    def choice(self, type_code: str, channel: str) -> bool | None:
        """Return what the person said about this type and channel, nothing when they left it as it is."""
        return self.choices.get(type_code, {}).get(channel)

    def quiet_end(self, now: datetime) -> datetime | None:
        """Return when the quiet hours end in which ``now`` lies, nothing outside them."""
        if not zones.is_quiet(now, zone=self.zone, start=self.quiet_from, end=self.quiet_until):
            return None
        return zones.next_time(self.quiet_until or 0, zone=self.zone, after=now)


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
