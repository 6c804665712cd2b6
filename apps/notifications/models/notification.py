"""One piece of news for one person."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from apps.notifications import registry


class NotificationQuerySet(models.QuerySet["Notification"]):
    def inbox_of(self, user: Any) -> NotificationQuerySet:
        """Only what this person sees on the site. Every page and socket starts here."""
        return self.filter(recipient_id=user.pk, in_app=True)

    def unread(self) -> NotificationQuerySet:
        """Written like the condition of ``idx_notification_recipient``, so that the index serves it."""
        return self.filter(read_at__isnull=True, in_app=True)


class Notification(models.Model):
    """What somebody was told, in the words they were told it.

    Title and body are stored as rendered: the list is a history, and a renamed team must not rewrite it. The
    recipient is a user, an e-mail address of somebody who has no account, or a Discord channel of a team or the site.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,  # idx_notification_inbox begins with it
    )
    address = models.EmailField(blank=True, help_text="Only for somebody who has no account.")
    webhook = models.ForeignKey(
        "notifications.Webhook",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="posts",
        db_index=False,  # notification_once_per_webhook begins with it
        help_text="Only for a Discord channel of a team or the site.",
    )
    type = models.CharField(max_length=80)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who caused it. Never told about it.",
    )
    subject = models.CharField(max_length=100, blank=True, help_text="What it is about, like teams.team:12.")
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    context = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=200)
    batch = models.UUIDField(help_text="The call that wrote it, with its other recipients.")
    bundle_key = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="What is shown as one row while it is unread."
    )
    bundle_count = models.PositiveIntegerField(default=1, db_default=1, help_text="How much news this row speaks for.")
    bundle_actors = models.JSONField(
        default=list, db_default=[], blank=True, help_text="Whose news it is, newest first."
    )
    in_app = models.BooleanField(
        default=True, help_text="Shown on the site; otherwise it only went out by other channels."
    )
    read_at = models.DateTimeField(null=True, blank=True)
    is_read = models.GeneratedField(
        expression=Q(read_at__isnull=False),  # type: ignore[arg-type]  # the stubs forget that a Q is an expression
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                "recipient",
                models.F("created_at").desc(),
                name="idx_notification_recipient",
                condition=Q(read_at__isnull=True, in_app=True),
            ),
            models.Index(fields=["created_at"], name="idx_notification_created"),
            models.Index("recipient", models.F("id").desc(), name="idx_notification_inbox"),
            models.Index(
                fields=["recipient", "bundle_key"],
                name="idx_notification_bundle",
                condition=Q(read_at__isnull=True) & ~Q(bundle_key=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "fingerprint"], name="notification_once_per_recipient"),
            models.UniqueConstraint(
                Lower("address"), "fingerprint", name="notification_once_per_address", condition=~Q(address="")
            ),
            models.UniqueConstraint(
                fields=["webhook", "fingerprint"],
                name="notification_once_per_webhook",
                condition=Q(webhook__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, address="", webhook__isnull=True)
                | (Q(recipient__isnull=True, webhook__isnull=True) & ~Q(address=""))
                | Q(recipient__isnull=True, address="", webhook__isnull=False, in_app=False),
                name="notification_has_one_recipient",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notifications:open", args=[self.pk])

    @property
    def told(self) -> str:
        """Who got it, as staff read it."""
        return str(self.recipient or self.webhook or self.address)

    @property
    def group(self) -> str:
        known = registry.find(self.type)
        return known.group_label if known else ""

    @property
    def icon(self) -> str:
        known = registry.find(self.type)
        return known.icon if known else "bell"
