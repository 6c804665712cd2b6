"""An invitation into a team."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone

from apps.teams.constants import INVITE_LIFETIME
from apps.teams.models.membership import TeamMembership
from apps.teams.models.team import Team


def default_expiry() -> datetime:
    return timezone.now() + INVITE_LIFETIME


class InviteQuerySet(models.QuerySet["TeamInvite"]):
    def open(self, at: datetime | None = None) -> "InviteQuerySet":
        """Keep what can be accepted. The clock decides, not the cleaner: an expired row may still say pending."""
        return self.filter(status=TeamInvite.Status.PENDING, expires_at__gt=at or timezone.now())

    def overdue(self, at: datetime | None = None) -> "InviteQuerySet":
        return self.filter(status=TeamInvite.Status.PENDING, expires_at__lte=at or timezone.now())


class TeamInvite(models.Model):
    """One question to one person, by account or by e-mail address, never both."""

    class Status(models.TextChoices):
        PENDING = "pending", "Pending"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Cancelled"
        EXPIRED = "expired", "Expired"

    class Role(models.TextChoices):
        """What someone can be invited as: everything but captain."""

        PLAYER = "player", "Player"
        SUBSTITUTE = "substitute", "Substitute"
        COACH = "coach", "Coach"
        MANAGER = "manager", "Manager"
        CO_CAPTAIN = "co_captain", "Co-captain"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invites")
    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_invites", null=True, blank=True
    )
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PLAYER)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="sent_team_invites", null=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(default=default_expiry)
    # Who accepted or declined. For an invitation by e-mail this is the account that owns the address.
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="answered_team_invites", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InviteQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            # The cleaner asks for pending rows by expiry; most rows are settled and not in this index.
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="idx_invite_pending_expiry"),
            models.Index(Lower("email"), condition=Q(status="pending"), name="idx_invite_pending_email"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(invitee__isnull=False, email="") | (Q(invitee__isnull=True) & ~Q(email="")),
                name="teams_invite_user_or_email",
            ),
            models.UniqueConstraint(
                fields=["team", "invitee"], condition=Q(status="pending"), name="teams_invite_one_pending_per_user"
            ),
            models.UniqueConstraint(
                "team",
                Lower("email"),
                condition=Q(status="pending") & ~Q(email=""),
                name="teams_invite_one_pending_per_email",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["player", "substitute", "coach", "manager", "co_captain"]),
                name="teams_invite_role_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "declined", "cancelled", "expired"]),
                name="teams_invite_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} invite {self.pk} to team {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("teams:invitation", args=[self.token])

    @property
    def state(self) -> str:
        """The status that counts now: an overdue pending invite is expired before the cleaner says so."""
        if self.status == self.Status.PENDING and self.expires_at <= timezone.now():
            return self.Status.EXPIRED
        return self.status

    @property
    def membership_role(self) -> TeamMembership.Role:
        return TeamMembership.Role(self.role)
