"""What an account takes along when it goes: its seats, its captaincies, its invitations."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.teams.models import Team, TeamInvite, TeamMembership
from apps.teams.selectors import rosters as selectors
from apps.teams.services import rosters, succession
from apps.teams.services.locks import lock_team


def hand_over_captaincies(user: User) -> None:
    """Pass on the teams of a captain whose account was closed, so that nobody waits for them for a month.

    They stay a member: the account may come back. A team without anyone else keeps its captain.
    """
    for team_id in _captained(user):
        with transaction.atomic():
            team = lock_team(team_id)
            old = TeamMembership.objects.active().filter(team=team, profile__user=user, role="captain").first()
            if old is None or selectors.heir(team, besides=old) is None:
                continue
            old.role = TeamMembership.Role.PLAYER
            old.save(update_fields=["role"])
            succession.pass_on(actor=None, team=team, leaving=old)


def leave_everything(user: User) -> None:
    """Give up every seat and withdraw every open invitation. Part of the deletion of the account."""
    for member in TeamMembership.objects.active().filter(profile__user=user).order_by("team_id"):
        team = lock_team(member.team_id)
        rosters.vacate(actor=None, team=team, member=member, reason="account")
    asked = TeamInvite.objects.filter(status=TeamInvite.Status.PENDING, invitee=user)
    withdrawn = asked.update(status=TeamInvite.Status.CANCELLED, answered_at=timezone.now())
    if withdrawn:
        audit.record(
            actor=None,
            action="team.invites_withdrawn",
            target=user,
            old={},
            new={"reason": "account", "count": withdrawn},
        )


def _captained(user: User) -> list[int]:
    return list(Team.objects.active().filter(captain__user=user).order_by("pk").values_list("pk", flat=True))
