"""The captain's offer to hand the team over."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.teams.constants import TRANSFER_LIFETIME
from apps.teams.models.team import Team


def default_expiry() -> datetime:
    return timezone.now() + TRANSFER_LIFETIME


class TransferQuerySet(models.QuerySet["CaptainTransfer"]):
    def open(self, at: datetime | None = None) -> "TransferQuerySet":
        """Keep what can be accepted. The clock decides."""
        return self.filter(status=CaptainTransfer.Status.PENDING, expires_at__gt=at or timezone.now())


class CaptainTransfer(models.Model):
    """One question of a captain to one member. Nothing changes before the member says yes."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="transfers")
    captain = models.ForeignKey("user_profile.UserProfile", on_delete=models.CASCADE, related_name="+")
    successor = models.ForeignKey("user_profile.UserProfile", on_delete=models.CASCADE, related_name="+")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(default=default_expiry)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(status="pending"), name="teams_transfer_one_pending_per_team"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "declined", "cancelled", "expired"]),
                name="teams_transfer_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} transfer {self.pk} of team {self.team_id}"
