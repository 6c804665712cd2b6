"""Seats: who gets one, who gives one up."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.teams import permissions
from apps.teams.constants import ROSTER_LIMIT
from apps.teams.errors import PlaysElsewhere, RosterFull
from apps.teams.events import MemberJoined, MemberLeft
from apps.teams.models import RosterChange, Team, TeamMembership
from apps.teams.selectors import rosters as selectors
from apps.teams.services import closing, history, succession, transfers
from apps.teams.services.locks import lock_profile, lock_team
from apps.user_profile.models import UserProfile

Role = TeamMembership.Role
Status = TeamMembership.Status


@transaction.atomic(durable=True)
def leave_team(*, actor: User, team_id: int) -> None:
    """Give up the own seat. When the captain leaves, the team passes on or disbands.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not a member.
    """
    team = lock_team(team_id)
    member = permissions.check_leave(permissions.standing(actor, team))

    vacate(actor=actor, team=team, member=member, reason="left")

    jobs.enqueue("teams.send_roster_change_notification", team_id=team.pk, change_type="left", user_id=actor.pk)


@transaction.atomic(durable=True)
def remove_member(*, actor: User, team_id: int, member_id: int) -> TeamMembership:
    """Take a member's seat away. They may be invited again.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership plays in it now.
        PermissionRefused: The actor may not remove this member.
    """
    team = lock_team(team_id)
    standing = permissions.standing(actor, team)
    permissions.check_manage_roster(standing)
    member = selectors.member_of(team, member_id)
    permissions.check_remove(standing, member)

    vacate(actor=actor, team=team, member=member, reason="removed")

    jobs.enqueue(
        "teams.send_roster_change_notification", team_id=team.pk, change_type="removed", user_id=member.profile.user_id
    )
    return member


def seat(*, actor: User | None, team: Team, profile: UserProfile, role: str, in_game_role: str = "") -> TeamMembership:
    """Give ``profile`` the lowest free seat. Part of a larger act: the caller holds the lock of ``team``.

    Raises:
        RosterFull: All eight seats are taken.
        PlaysElsewhere: The player has an active team in this game.
        Conflict: The player is in the team already, or banned from it.
    """
    lock_profile(profile.pk)
    check_free(team, profile)
    check_in_game_role(team, in_game_role)
    slot = lowest_free_slot(team)

    # The locks above decide; the constraints stand behind them for code that forgets a lock.
    with refusing(
        {
            "teams_membership_slot_taken_once": lambda: RosterFull(_full(team)),
            "teams_membership_one_team_per_game": lambda: PlaysElsewhere(_elsewhere(team, profile)),
            "teams_membership_once_per_team": lambda: Conflict("This player is already in the team."),
            "teams_membership_one_stay": lambda: Conflict("This player is already in the team."),
        }
    ):
        member = TeamMembership.objects.create(
            team=team, profile=profile, game=team.game, role=role, in_game_role=in_game_role, slot=slot
        )

    closing.close_request_of(actor=actor, team=team, profile=profile)
    history.remember(actor=actor, kind=RosterChange.Kind.JOINED, members=[member])
    audit.record(
        actor=actor, action="team.member_joined", target=team, old={}, new={"profile": profile.pk, "role": role}
    )
    events.publish(MemberJoined(team_id=team.pk, profile_id=profile.pk, role=role))
    return member


def sit_down_again(*, actor: User | None, team: Team, member: TeamMembership, kind: str) -> None:
    """Give the player of an ended or inactive membership a seat again, in the same membership.

    Part of a larger act: the caller holds the lock of ``team``.

    Raises:
        RosterFull: All eight seats are taken.
        PlaysElsewhere: The player has an active team in this game.
    """
    lock_profile(member.profile_id)
    if TeamMembership.objects.active().filter(profile=member.profile_id, game=team.game).exists():
        raise PlaysElsewhere(_elsewhere(team, member.profile))
    member.status, member.left_at, member.slot = Status.ACTIVE, None, lowest_free_slot(team)
    with refusing(
        {
            "teams_membership_slot_taken_once": lambda: RosterFull(_full(team)),
            "teams_membership_one_team_per_game": lambda: PlaysElsewhere(_elsewhere(team, member.profile)),
        }
    ):
        member.save(update_fields=["status", "left_at", "slot"])
    history.remember(actor=actor, kind=kind, members=[member])


def vacate(*, actor: User | None, team: Team, member: TeamMembership, reason: str) -> None:
    """End a membership. Part of a larger act: the caller holds the lock of ``team`` and has checked the permission."""
    was_captain = member.role == Role.CAPTAIN
    member.status = Status.INACTIVE
    member.slot = None
    member.left_at = timezone.now()
    member.save(update_fields=["status", "slot", "left_at"])
    transfers.withdraw(actor=actor, team=team, successor=member.profile)
    closing.revoke_links_of(actor=actor, team=team, profile=member.profile)
    kind = RosterChange.Kind.REMOVED if reason == "removed" else RosterChange.Kind.LEFT
    history.remember(actor=actor, kind=kind, members=[member])

    audit.record(
        actor=actor,
        action=f"team.member_{'removed' if reason == 'removed' else 'left'}",
        target=team,
        old={"profile": member.profile_id, "role": member.role},
        new={"reason": reason},
    )
    events.publish(MemberLeft(team_id=team.pk, profile_id=member.profile_id, reason=reason))
    if was_captain:
        succession.pass_on(actor=actor, team=team, leaving=member)


def check_free(team: Team, profile: UserProfile) -> None:
    memberships = TeamMembership.objects.filter(profile=profile)
    if memberships.filter(team=team, status=Status.BANNED).exists():
        raise Conflict(f"{profile.display_name} is banned from {team.name}.")
    if memberships.active().filter(team=team).exists():
        raise Conflict(f"{profile.display_name} is already in {team.name}.")
    if memberships.set_inactive().filter(team=team).exists():
        raise Conflict(f"{profile.display_name} is an inactive member of {team.name}, who can bring them back.")
    if memberships.active().filter(game=team.game).exists():
        raise PlaysElsewhere(_elsewhere(team, profile))


def check_in_game_role(team: Team, in_game_role: str) -> None:
    if in_game_role and in_game_role not in team.game_info.roles:
        raise DomainError(f"{team.game_info.name} has no role of this name.", field="in_game_role")


def lowest_free_slot(team: Team) -> int:
    taken = set(TeamMembership.objects.active().filter(team=team).values_list("slot", flat=True))
    free = [slot for slot in range(1, ROSTER_LIMIT + 1) if slot not in taken]
    if not free:
        raise RosterFull(_full(team))
    return free[0]


def _full(team: Team) -> str:
    return f"{team.name} is full: a team has at most {ROSTER_LIMIT} members."


def _elsewhere(team: Team, profile: UserProfile) -> str:
    other = TeamMembership.objects.active().filter(profile=profile, game=team.game).select_related("team").first()
    where = f" for {other.team.name}" if other and other.team.is_public else ""
    return (
        f"{profile.display_name} already plays {team.game_info.name}{where}. "
        "A player has one team per game: leave that team first."
    )
