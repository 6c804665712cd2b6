"""Following a team, and ending it."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.constants import FOLLOWS_PER_HOUR
from apps.teams.models import Team, TeamFollow


def follow_team(*, actor: User, team_id: int) -> bool:
    """Make the actor follow a team. Return whether that is new; following twice changes nothing.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        RateLimited: More than sixty tries within an hour.
    """
    rate_limit.check("teams.follow", key=str(actor.pk), limit=FOLLOWS_PER_HOUR, seconds=3600)
    with transaction.atomic(durable=True):
        team = _team(actor, team_id)
        # The unique constraint decides between two clicks at once; the loser finds the row and is content.
        row, created = TeamFollow.objects.get_or_create(team=team, profile=actor.profile)
        if created:
            audit.record(actor=actor, action="team.followed", target=team, old={}, new={"follow": row.pk})
    return created


def unfollow_team(*, actor: User, team_id: int) -> bool:
    """End it. Return whether there was something to end. Also of a team that has become private or has disbanded."""
    with transaction.atomic(durable=True):
        row = TeamFollow.objects.select_for_update().filter(team=team_id, profile__user=actor).first()
        if row is None:
            return False
        audit.record(actor=actor, action="team.unfollowed", target=row.team, old={"follow": row.pk}, new={})
        row.delete()
    return True


def _team(actor: User, team_id: int) -> Team:
    team = Team.objects.active().filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    permissions.check_follow(permissions.standing(actor, team))
    return team
