"""Who plays in a team."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.teams.constants import ROSTER_LIMIT
from apps.teams.models.team import Team


class MembershipQuerySet(models.QuerySet["TeamMembership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(status=TeamMembership.Status.ACTIVE)

    def current(self) -> "MembershipQuerySet":
        """Keep who belongs to a team now: with a seat, or set inactive."""
        return self.filter(left_at__isnull=True)

    def set_inactive(self) -> "MembershipQuerySet":
        """Keep who belongs to a team without a seat."""
        return self.filter(status=TeamMembership.Status.INACTIVE, left_at__isnull=True)


class TeamMembership(models.Model):
    """One stay of one player in one team. A later stay is a new row.

    An inactive row without ``left_at`` is a member who gave up the seat for a while; with it, the stay is over.
    """

    class Role(models.TextChoices):
        CAPTAIN = "captain", "Captain"
        CO_CAPTAIN = "co_captain", "Co-captain"
        MANAGER = "manager", "Manager"
        COACH = "coach", "Coach"
        PLAYER = "player", "Player"
        SUBSTITUTE = "substitute", "Substitute"

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        BANNED = "banned", "Banned"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    profile = models.ForeignKey("user_profile.UserProfile", on_delete=models.CASCADE, related_name="team_memberships")
    # A copy of team.game: the database can only hold "one active team per game and player" within one table.
    game = models.CharField(max_length=20)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PLAYER)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    # The seat among the team's eight. Numbered seats let the database hold the limit (docs/adr/0007).
    slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    in_game_role = models.CharField(max_length=30, blank=True)
    ban_reason = models.CharField(max_length=300, blank=True, db_default="")
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(status="active", role="captain"), name="teams_membership_one_captain"
            ),
            models.UniqueConstraint(
                fields=["game", "profile"], condition=Q(status="active"), name="teams_membership_one_team_per_game"
            ),
            # Banned counts too: someone banned can't be active beside it.
            models.UniqueConstraint(
                fields=["team", "profile"],
                condition=Q(status__in=["active", "banned"]),
                name="teams_membership_once_per_team",
            ),
            models.UniqueConstraint(
                fields=["team", "profile"], condition=Q(left_at__isnull=True), name="teams_membership_one_stay"
            ),
            models.UniqueConstraint(
                fields=["team", "slot"], condition=Q(status="active"), name="teams_membership_slot_taken_once"
            ),
            models.CheckConstraint(
                condition=Q(status="active", slot__gte=1, slot__lte=ROSTER_LIMIT, slot__isnull=False)
                | (~Q(status="active") & Q(slot__isnull=True)),
                name="teams_membership_active_has_slot",
            ),
            models.CheckConstraint(
                condition=Q(status="active", left_at__isnull=True)
                | Q(status="inactive")
                | (~Q(status="active") & Q(left_at__isnull=False)),
                name="teams_membership_left_at_fits_status",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["captain", "co_captain", "manager", "coach", "player", "substitute"]),
                name="teams_membership_role_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "banned"]), name="teams_membership_status_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.profile_id} of team {self.team_id}"
