"""Where news goes in Discord: a person's own channel, a team's, the site's."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.notifications.constants import SITE_OWNER, WebhookKind
from apps.notifications.discord import sealing
from apps.notifications.discord.addresses import WebhookAddress


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, owner: str) -> WebhookQuerySet:
        """Keep those of one owner that were not taken away, the switched off ones too."""
        return self.filter(owner=owner, removed_at__isnull=True)

    def working(self) -> WebhookQuerySet:
        return self.filter(removed_at__isnull=True, off_at__isnull=True)


class Webhook(models.Model):
    """One Discord channel that gets news. Its address is a secret: kept sealed, and shown to nobody again.

    A person's own goes with the person. One of a team or the site stays as a row when it is taken away, without its
    secret, because what went to it is listed under it.
    """

    kind = models.CharField(max_length=10, choices=WebhookKind.choices)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="personal_webhook",
        help_text="Only of a personal one.",
    )
    owner = models.CharField(
        max_length=100, blank=True, help_text="Whose it is, like teams.team:12; empty for a personal one."
    )
    name = models.CharField(max_length=80, help_text="What its owner calls it, like #announcements.")
    discord_id = models.BigIntegerField("Discord's number")
    sealed_token = models.TextField(blank=True)
    muted_types = models.JSONField(
        default=list, blank=True, help_text="Kinds of news that the owner does not want here."
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    off_at = models.DateTimeField(null=True, blank=True)
    off_reason = models.CharField(max_length=300, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        permissions = [("manage_site_webhooks", "Can add, test and take away the site's Discord channels")]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=WebhookKind.PERSONAL, user__isnull=False, owner="")
                | Q(kind=WebhookKind.SITE, user__isnull=True, owner=SITE_OWNER)
                | (Q(kind=WebhookKind.TEAM, user__isnull=True) & ~Q(owner="") & ~Q(owner=SITE_OWNER)),
                name="webhook_has_the_owner_of_its_kind",
            ),
            models.UniqueConstraint(
                fields=["owner", "discord_id"],
                name="webhook_once_per_owner",
                condition=Q(removed_at__isnull=True) & ~Q(owner=""),
            ),
            # A secret that nobody uses any more is kept by nobody.
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False, sealed_token="")
                | (Q(removed_at__isnull=True) & ~Q(sealed_token="")),
                name="webhook_has_its_token_until_removed",
            ),
            models.CheckConstraint(
                condition=Q(off_at__isnull=True, off_reason="") | (Q(off_at__isnull=False) & ~Q(off_reason="")),
                name="webhook_off_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (Discord …{self.short_id})"

    @property
    def short_id(self) -> str:
        """The end of Discord's number, by which its owner tells channels apart."""
        return f"{self.discord_id % 10_000:04d}"

    @property
    def works(self) -> bool:
        return self.off_at is None and self.removed_at is None

    @property
    def address(self) -> WebhookAddress:
        """The address to post to. Raises ``sealing.Unreadable``."""
        return WebhookAddress(discord_id=self.discord_id, token=sealing.unseal(self.sealed_token))

    @property
    def pace_key(self) -> str:
        """Discord counts by webhook, whoever entered it here."""
        return f"discord:{self.discord_id}"
