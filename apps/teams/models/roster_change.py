"""What happened to a roster, kept for good."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.teams.models.membership import TeamMembership
from apps.teams.models.team import Team


class RosterChange(models.Model):
    """One step of one membership, with what it was afterwards.

    The database refuses to change or delete a row: together the rows tell who was in a team at any moment.
    """

    class Kind(models.TextChoices):
        JOINED = "joined", "Joined"
        CHANGED = "changed", "Changed role"
        INACTIVE = "inactive", "Set inactive"
        RETURNED = "returned", "Came back"
        LEFT = "left", "Left"
        REMOVED = "removed", "Removed"
        BANNED = "banned", "Banned"
        UNBANNED = "unbanned", "Ban lifted"
        DISBANDED = "disbanded", "Team disbanded"
        RESTORED = "restored", "Team restored"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="roster_changes", db_index=False)
    profile = models.ForeignKey(
        "user_profile.UserProfile", on_delete=models.PROTECT, related_name="roster_changes", db_index=False
    )
    membership = models.ForeignKey(
        TeamMembership, on_delete=models.PROTECT, related_name="roster_changes", db_index=False
    )
    kind = models.CharField(max_length=9, choices=Kind.choices)
    role = models.CharField(max_length=12, choices=TeamMembership.Role.choices)
    in_game_role = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=8, choices=TeamMembership.Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    # Not the database's Now(): that is when the transaction began, and it may have waited for the team's lock since.
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["team", "at"], name="idx_rosterchange_team_at"),
            models.Index(fields=["profile", "at"], name="idx_rosterchange_profile_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.profile_id} in team {self.team_id}"
