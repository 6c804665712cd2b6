"""Followers to look at: everybody follows a few teams that are not their own."""

from apps.teams.models import Team, TeamFollow, TeamMembership
from apps.user_profile.models import UserProfile


def load() -> str:
    """Make the follows that are missing, once each."""
    return f"{_follows()} follows made"


def _follows() -> int:
    teams = list(Team.objects.listed().order_by("pk"))
    players = list(UserProfile.objects.filter(user__is_active=True).order_by("pk"))
    member = set(TeamMembership.objects.current().values_list("team_id", "profile_id"))
    wanted = [
        TeamFollow(team=team, profile=player)
        for place, team in enumerate(teams)
        for number, player in enumerate(players)
        # The first teams are the best known; the pattern is fixed, so that a second run finds it made.
        if (number * 7 + place * 3) % (2 + place % 5) == 0 and (team.pk, player.pk) not in member
    ]
    before = TeamFollow.objects.count()
    TeamFollow.objects.bulk_create(wanted, ignore_conflicts=True)
    return TeamFollow.objects.count() - before
