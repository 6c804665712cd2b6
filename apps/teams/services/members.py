"""What captains decide about one member: role, place in the game, inactive and back, ban and its end."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.core.errors import Conflict, DomainError
from apps.teams import permissions
from apps.teams.events import MemberChanged, MemberLeft
from apps.teams.models import RosterChange, Team, TeamMembership
from apps.teams.selectors import rosters as selectors
from apps.teams.services import closing, history, rosters, transfers
from apps.teams.services.locks import lock_team

Kind = RosterChange.Kind
Status = TeamMembership.Status


@transaction.atomic(durable=True)
def change_member(*, actor: User, team_id: int, member_id: int, role: str, in_game_role: str = "") -> TeamMembership:
    """Give a member this role and this place in the game. Nothing happens when both are as before.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership is in it now.
        PermissionRefused: The actor may not give or take this role.
        DomainError: There is no such role.
    """
    team, standing = _locked(actor, team_id)
    member = selectors.member_of(team, member_id)
    if role not in TeamMembership.Role.values:
        raise DomainError("Choose a role from the list.", field="role")
    permissions.check_change_member(standing, member, role=role)
    rosters.check_in_game_role(team, in_game_role)
    old = {"role": member.role, "in_game_role": member.in_game_role}
    new = {"role": role, "in_game_role": in_game_role}
    if old == new:
        return member

    member.role, member.in_game_role = role, in_game_role
    member.save(update_fields=["role", "in_game_role"])

    _changed(actor, team, member, Kind.CHANGED, action="team.member_changed", old=old, new=new)
    return member


@transaction.atomic(durable=True)
def set_inactive(*, actor: User, team_id: int, member_id: int) -> TeamMembership:
    """Take a member's seat and keep them in the team. They may play for another team of the game meanwhile.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership is in it now.
        PermissionRefused: The actor may not do this to this member.
        Conflict: The member is inactive already.
    """
    team, standing = _locked(actor, team_id)
    member = selectors.member_of(team, member_id)
    permissions.check_remove(standing, member)
    if member.status == Status.INACTIVE:
        raise Conflict(f"{member.profile.display_name} is inactive already.")

    member.status, member.slot = Status.INACTIVE, None
    member.save(update_fields=["status", "slot"])
    transfers.withdraw(actor=actor, team=team, successor=member.profile)
    closing.revoke_links_of(actor=actor, team=team, profile=member.profile)

    _changed(
        actor,
        team,
        member,
        Kind.INACTIVE,
        action="team.member_set_inactive",
        old={"status": Status.ACTIVE},
        new={"status": Status.INACTIVE},
    )
    return member


@transaction.atomic(durable=True)
def bring_back(*, actor: User, team_id: int, member_id: int) -> TeamMembership:
    """Give an inactive member a seat again.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership is in it now.
        PermissionRefused: The actor may not do this to this member.
        RosterFull, PlaysElsewhere, Conflict: There is no seat for this player.
    """
    team, standing = _locked(actor, team_id)
    member = selectors.member_of(team, member_id)
    permissions.check_remove(standing, member)
    if member.status == Status.ACTIVE:
        raise Conflict(f"{member.profile.display_name} has a place already.")

    rosters.sit_down_again(actor=actor, team=team, member=member, kind=Kind.RETURNED)

    _recorded(
        actor,
        team,
        member,
        Kind.RETURNED,
        action="team.member_brought_back",
        old={"status": Status.INACTIVE},
        new={"status": Status.ACTIVE},
    )
    return member


@transaction.atomic(durable=True)
def ban_member(*, actor: User, team_id: int, member_id: int, reason: str) -> TeamMembership:
    """Take a member out of the team and keep them out. They are told the reason; others are not.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership is in it now.
        PermissionRefused: The actor may not do this to this member.
        DomainError: There is no reason, or a very long one.
    """
    team, standing = _locked(actor, team_id)
    member = selectors.member_of(team, member_id)
    permissions.check_remove(standing, member)
    reason = reason.strip()
    if not 3 <= len(reason) <= 300:
        raise DomainError("Say why, in 3 to 300 characters.", field="reason")

    member.status, member.slot, member.left_at, member.ban_reason = Status.BANNED, None, timezone.now(), reason
    member.save(update_fields=["status", "slot", "left_at", "ban_reason"])
    transfers.withdraw(actor=actor, team=team, successor=member.profile)
    closing.revoke_links_of(actor=actor, team=team, profile=member.profile)

    # The reason is about a person and may be taken out with them; the record is kept for ever.
    _changed(
        actor,
        team,
        member,
        Kind.BANNED,
        action="team.member_banned",
        old={"role": member.role},
        new={"status": Status.BANNED},
    )
    events.publish(MemberLeft(team_id=team.pk, profile_id=member.profile_id, reason="banned"))
    return member


@transaction.atomic(durable=True)
def lift_ban(*, actor: User, team_id: int, member_id: int) -> TeamMembership:
    """Let a banned player be invited again. They get no seat by it.

    Raises:
        NotFound: The team is gone or hidden, or this player is not banned from it.
        PermissionRefused: The actor may not do this.
    """
    team, standing = _locked(actor, team_id)
    member = selectors.banned_of(team, member_id)
    permissions.check_remove(standing, member)

    member.status, member.ban_reason = Status.INACTIVE, ""
    member.save(update_fields=["status", "ban_reason"])

    _changed(
        actor,
        team,
        member,
        Kind.UNBANNED,
        action="team.member_unbanned",
        old={"status": Status.BANNED},
        new={"status": Status.INACTIVE},
    )
    return member


def _locked(actor: User, team_id: int) -> tuple[Team, permissions.Standing]:
    team = lock_team(team_id)
    standing = permissions.standing(actor, team)
    permissions.check_manage_roster(standing)
    return team, standing


def _changed(
    actor: User,
    team: Team,
    member: TeamMembership,
    kind: str,
    *,
    action: str,
    old: dict[str, str],
    new: dict[str, str],
) -> None:
    history.remember(actor=actor, kind=kind, members=[member])
    _recorded(actor, team, member, kind, action=action, old=old, new=new)


def _recorded(
    actor: User,
    team: Team,
    member: TeamMembership,
    kind: str,
    *,
    action: str,
    old: dict[str, str],
    new: dict[str, str],
) -> None:
    profile = {"profile": member.profile_id}
    audit.record(actor=actor, action=action, target=team, old=profile | old, new=profile | new)
    events.publish(MemberChanged(team_id=team.pk, profile_id=member.profile_id, kind=kind))
    if member.profile.user_id != actor.pk:
        jobs.enqueue(
            "teams.send_roster_change_notification", team_id=team.pk, change_type=kind, user_id=member.profile.user_id
        )
