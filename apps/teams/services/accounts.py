"""What an account takes along when it goes: its seats, its captaincies, its invitations."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.teams.models import RosterChange, Team, TeamAchievement, TeamInvite, TeamMembership, TeamVerification
from apps.teams.selectors import rosters as selectors
from apps.teams.services import history, rosters, succession
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
            history.remember(actor=None, kind=RosterChange.Kind.CHANGED, members=[old])
            succession.pass_on(actor=None, team=team, leaving=old)


def leave_everything(user: User) -> None:
    """Give up every seat and withdraw every open invitation. Part of the deletion of the account."""
    for member_id, team_id in _memberships(user):
        team = lock_team(team_id)
        member = TeamMembership.objects.get(pk=member_id)  # what it is now that the team is locked
        rosters.vacate(actor=None, team=team, member=member, reason="account")
    TeamAchievement.objects.filter(given_by=user).update(given_by=None)  # the team's, not theirs
    TeamVerification.objects.filter(requested_by=user).update(requested_by=None)
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


def _memberships(user: User) -> list[tuple[int, int]]:
    mine = TeamMembership.objects.current().filter(profile__user=user)
    return list(mine.order_by("team_id").values_list("pk", "team_id"))


def _captained(user: User) -> list[int]:
    return list(Team.objects.active().filter(captain__user=user).order_by("pk").values_list("pk", flat=True))
