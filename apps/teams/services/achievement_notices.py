"""What a team hears about its shelf. Each piece of news once: the row and what staff said are the key."""

from django.urls import reverse

from apps.accounts.models import User
from apps.notifications.services import notify
from apps.teams.models import TeamAchievement, TeamMembership


def tell_reviewed(achievement: TeamAchievement, *, actor: User) -> int:
    """Tell all members of a confirmation, and who keeps the shelf of a refusal."""
    if achievement.status == TeamAchievement.Status.CONFIRMED:
        people = members_of(achievement.team_id)
    else:
        people = sorted({pk for pk in (achievement.given_by_id, achievement.team.captain.user_id) if pk})
    at = achievement.reviewed_at
    return _tell(achievement, achievement.status, people, actor=actor, key=f"{at:%Y%m%d%H%M%S%f}" if at else "")


def tell_earned(achievement_id: int) -> int:
    """Tell all members what their results have reached."""
    achievement = (
        TeamAchievement.objects.filter(pk=achievement_id, team__is_active=True)
        .select_related("team__captain__user")
        .first()
    )
    if achievement is None:  # the result was corrected meanwhile
        return 0
    return _tell(achievement, "earned", members_of(achievement.team_id), key="once")


def members_of(team_id: int) -> list[int]:
    """Return the users who belong to the team, inactive members too."""
    current = TeamMembership.objects.current().filter(team=team_id, profile__user__is_active=True)
    return list(current.order_by("pk").values_list("profile__user_id", flat=True))


def _tell(achievement: TeamAchievement, step: str, people: list[int], *, key: str, actor: User | None = None) -> int:
    return notify(
        people,
        f"teams.achievement_{step}",
        actor=actor,
        subject=achievement.team,
        context={
            "team": achievement.team.name,
            "title": achievement.title,
            "reason": achievement.reason,
            "url": reverse("teams:achievements", args=[achievement.team.slug]),
        },
        fingerprint=f"achievement:{achievement.pk}:{step}:{key}",
    )
