"""Somebody who asks to join a team."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.teams.constants import JOIN_ANSWER_LIMIT, JOIN_MESSAGE_LIMIT, JOIN_REQUEST_LIFETIME
from apps.teams.models.team import Team


def default_request_expiry() -> datetime:
    return timezone.now() + JOIN_REQUEST_LIFETIME


class JoinRequestQuerySet(models.QuerySet["TeamJoinRequest"]):
    def open(self, at: datetime | None = None) -> "JoinRequestQuerySet":
        """Keep what waits for an answer. The clock decides, as with invitations."""
        return self.filter(status=TeamJoinRequest.Status.PENDING, expires_at__gt=at or timezone.now())

    def overdue(self, at: datetime | None = None) -> "JoinRequestQuerySet":
        return self.filter(status=TeamJoinRequest.Status.PENDING, expires_at__lte=at or timezone.now())


class TeamJoinRequest(models.Model):
    """One player's question to one team."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"
        CLOSED = "closed", "Closed"  # joined another way, or the team or the account is gone

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="join_requests", db_index=False)
    player = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_join_requests")
    message = models.CharField(max_length=JOIN_MESSAGE_LIMIT, blank=True)
    # The team's question as it stood, so that the answer can be read after the captain asks something else.
    question = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=JOIN_ANSWER_LIMIT, blank=True)
    in_game_role = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    # Why a team that accepts by itself could not.
    held_because = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="What the team said to a no.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(default=default_request_expiry)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["team", "status", "-created_at"], name="idx_joinrequest_team_status"),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="idx_joinrequest_pending_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "player"], condition=Q(status="pending"), name="teams_joinrequest_one_pending"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "declined", "withdrawn", "expired", "closed"]),
                name="teams_joinrequest_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()} request {self.pk} to team {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("teams:ask_to_join", args=[self.team.slug])

    @property
    def state(self) -> str:
        """The status that counts now: an overdue one is expired before the cleaner says so."""
        if self.status == self.Status.PENDING and self.expires_at <= timezone.now():
            return self.Status.EXPIRED
        return self.status
