"""Who wants to hear of a team."""

from django.db import models

from apps.teams.models.team import Team
from apps.user_profile.models import UserProfile


class FollowQuerySet(models.QuerySet["TeamFollow"]):
    def counted(self) -> "FollowQuerySet":
        """Keep followers who can log in."""
        return self.filter(profile__user__is_active=True)


class TeamFollow(models.Model):
    """A player follows a team. While the team is private the row sleeps: it shows nothing and tells nobody outside."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="follows", db_index=False)
    profile = models.ForeignKey(UserProfile, on_delete=models.CASCADE, related_name="team_follows", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = "follower"
        constraints = [models.UniqueConstraint(fields=["team", "profile"], name="teams_follow_once")]
        # Each list is read newest first by its own index, page by page; a team's followers are counted along the first.
        indexes = [
            models.Index(fields=["team", "-id"], name="teams_followers"),
            models.Index(fields=["profile", "-id"], name="teams_followed"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} follows team {self.team_id}"
