"""A link that lets whoever holds it join a team."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.teams.constants import LINK_USES_LIMIT
from apps.teams.models.membership import TeamMembership
from apps.teams.models.team import Team


class InviteLinkQuerySet(models.QuerySet["TeamInviteLink"]):
    def open(self, at: datetime | None = None) -> "InviteLinkQuerySet":
        """Keep what still lets somebody in."""
        return self.with_uses_left().filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now())

    def with_uses_left(self) -> "InviteLinkQuerySet":
        return self.filter(Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses")))


class TeamInviteLink(models.Model):
    """One link, for many people or for one. Its address is the key, so it can be taken back and it runs out."""

    class Role(models.TextChoices):
        """What a link can make someone. A co-captain is always asked in person."""

        PLAYER = "player", "Player"
        SUBSTITUTE = "substitute", "Substitute"
        COACH = "coach", "Coach"
        MANAGER = "manager", "Manager"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="invite_links", db_index=False)
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PLAYER)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="team_invite_links", null=True
    )
    max_uses = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Empty: as often as there are seats.")
    uses = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InviteLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["team", "-created_at"], name="idx_invitelink_team_created")]
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gte=1, max_uses__lte=LINK_USES_LIMIT),
                name="teams_invitelink_max_uses_range",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")), name="teams_invitelink_uses_within_max"
            ),
            models.CheckConstraint(
                condition=Q(role__in=["player", "substitute", "coach", "manager"]), name="teams_invitelink_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Invite link {self.pk} of team {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("teams:join_link", args=[self.token])

    @property
    def state(self) -> str:
        """What it is now: "open", "revoked", "expired" or "used_up"."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= timezone.now():
            return "expired"
        return "open" if self.max_uses is None or self.uses < self.max_uses else "used_up"

    @property
    def membership_role(self) -> TeamMembership.Role:
        return TeamMembership.Role(self.role)


class InviteLinkUse(models.Model):
    """Who joined by a link. Somebody who left comes back by another one: once by each."""

    link = models.ForeignKey(TeamInviteLink, on_delete=models.CASCADE, related_name="used_by")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="used_team_invite_links", null=True
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["link", "user"], name="teams_invitelinkuse_once")]

    def __str__(self) -> str:
        return f"User {self.user_id} by link {self.link_id}"
