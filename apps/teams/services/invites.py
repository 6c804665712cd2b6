"""Invitations: ask, answer, withdraw."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events, jobs, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.teams import permissions
from apps.teams.constants import PENDING_INVITES_PER_TEAM
from apps.teams.errors import InviteClosed
from apps.teams.events import InviteSent, InviteSettled
from apps.teams.models import Team, TeamInvite, TeamMembership
from apps.teams.services import rosters
from apps.teams.services.locks import lock_invite, lock_team

Status = TeamInvite.Status


@transaction.atomic(durable=True)
def invite_player(*, actor: User, team_id: int, player: User, role: str = "player") -> TeamInvite:
    """Ask ``player`` into the team. The answer may come within seven days.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not invite, or not for this role.
        Conflict: The player can't be invited now; the sentence says why.
        RateLimited: More than 30 invitations within an hour.
    """
    team = lock_team(team_id)
    permissions.check_invite_as(permissions.standing(actor, team), role)
    rate_limit.check("teams.invite", key=str(actor.pk), limit=30, seconds=3600)
    check_invitable(actor=actor, team=team, player=player)
    _check_room(team)

    invite = _insert(TeamInvite(team=team, invitee=player, role=role, invited_by=actor))

    _sent(actor, invite)
    return invite


@transaction.atomic(durable=True)
def invite_email(*, actor: User, team_id: int, email: str, role: str = "player") -> TeamInvite:
    """Ask whoever owns ``email``, with or without an account. Only its proven owner can accept.

    The answer never tells whether the address has an account here.

    Raises:
        As ``invite_player``. One address gets at most five invitations within a day, from all teams together.
    """
    email = email.strip()
    team = lock_team(team_id)
    permissions.check_invite_as(permissions.standing(actor, team), role)
    rate_limit.check("teams.invite", key=str(actor.pk), limit=30, seconds=3600)
    rate_limit.check("teams.invite_address", key=email.lower(), limit=5, seconds=86_400)
    if email.lower() == actor.email.lower():
        raise Conflict("You can't invite yourself.", field="email")
    owned = permissions.owners_of(email)
    here = TeamMembership.objects.filter(team=team, profile__user__in=owned)
    if here.filter(Q(left_at__isnull=True) | Q(status="banned")).exists():
        raise Conflict(f"The owner of this address can't be invited to {team.name}.", field="email")
    _check_room(team)

    invite = _insert(TeamInvite(team=team, email=email, role=role, invited_by=actor))

    _sent(actor, invite)
    return invite


@transaction.atomic(durable=True)
def accept_invite(*, actor: User, invite_id: int, in_game_role: str = "") -> TeamMembership:
    """Take the seat that was offered.

    Raises:
        InviteClosed: It was answered, withdrawn or is older than seven days, whatever the cleaner has seen.
        NotYourInvite, EmailNotVerified: The invitation is for someone else, or for an address not proved yet.
        RosterFull, PlaysElsewhere, Conflict: There is no seat for this player.
    """
    team, invite = lock_invite(invite_id)
    permissions.check_answer(actor, invite)
    _check_open(team, invite)

    member = rosters.seat(
        actor=actor, team=team, profile=actor.profile, role=invite.membership_role, in_game_role=in_game_role
    )
    _settle(actor, invite, Status.ACCEPTED)
    _withdraw_twins(actor, invite)

    jobs.enqueue("teams.send_invite_answer_notification", invite_id=invite.pk)
    jobs.enqueue("teams.send_roster_change_notification", team_id=team.pk, change_type="joined", user_id=actor.pk)
    return member


@transaction.atomic(durable=True)
def decline_invite(*, actor: User, invite_id: int) -> TeamInvite:
    """Say no. The team may ask again.

    Raises:
        InviteClosed: There is nothing left to answer.
        NotYourInvite, EmailNotVerified: The invitation is for someone else, or for an address not proved yet.
    """
    team, invite = lock_invite(invite_id)
    permissions.check_answer(actor, invite)
    _check_open(team, invite)

    _settle(actor, invite, Status.DECLINED)

    jobs.enqueue("teams.send_invite_answer_notification", invite_id=invite.pk)
    return invite


@transaction.atomic(durable=True)
def cancel_invite(*, actor: User, invite_id: int) -> TeamInvite:
    """Withdraw an open invitation.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not cancel it.
        InviteClosed: It was answered meanwhile.
    """
    team, invite = lock_invite(invite_id)
    permissions.check_invite_as(permissions.standing(actor, team), invite.role)
    _check_open(team, invite)

    _settle(actor, invite, Status.CANCELLED)
    return invite


def expire_overdue_invites(*, at: datetime | None = None) -> int:
    """Settle what nobody answered in time and return how many this call settled.

    One statement: a second call at once waits for the rows and finds them settled. Nobody is notified; that an
    invitation runs out is written in it.
    """
    return TeamInvite.objects.overdue(at).update(status=Status.EXPIRED)


def check_invitable(*, actor: User, team: Team, player: User) -> None:
    """Raise ``Conflict`` with the reason why ``player`` can't be asked into ``team``."""
    if player.pk == actor.pk:
        raise Conflict("You can't invite yourself.", field="player")
    if not player.is_active:
        raise NotFound("There is no such player.", field="player")
    name = player.profile.display_name
    here = TeamMembership.objects.filter(team=team, profile__user=player)
    membership = here.filter(Q(left_at__isnull=True) | Q(status="banned")).first()
    if membership and membership.status == TeamMembership.Status.INACTIVE:
        raise Conflict(f"{name} is an inactive member of {team.name}: bring them back instead.", field="player")
    if membership and membership.status == TeamMembership.Status.ACTIVE:
        raise Conflict(f"{name} is already in {team.name}.", field="player")
    if membership:
        raise Conflict(f"{name} is banned from {team.name}.", field="player")


def _insert(invite: TeamInvite) -> TeamInvite:
    if invite.role not in TeamInvite.Role.values:
        raise DomainError("Choose a role from the list.", field="role")
    # A row whose time is up still holds the place of the new one until it is settled.
    invite.team.invites.overdue().update(status=Status.EXPIRED)
    with refusing(
        {
            "teams_invite_one_pending_per_user": lambda: Conflict(
                f"{_name_of(invite)} already has an open invitation.", field="player"
            ),
            "teams_invite_one_pending_per_email": lambda: Conflict(
                "This address already has an open invitation.", field="email"
            ),
        }
    ):
        invite.save(force_insert=True)
    return invite


def _name_of(invite: TeamInvite) -> str:
    return invite.invitee.profile.display_name if invite.invitee else invite.email


def _sent(actor: User, invite: TeamInvite) -> None:
    # The address is personal data and stays out of the record; the invite has it.
    audit.record(
        actor=actor,
        action="team.invite_sent",
        target=invite.team,
        old={},
        new={"invite": invite.pk, "invitee": invite.invitee_id, "role": invite.role},
    )
    events.publish(InviteSent(team_id=invite.team_id, invite_id=invite.pk))
    jobs.enqueue("teams.send_invite_notification", invite_id=invite.pk)


def _settle(actor: User, invite: TeamInvite, status: str) -> None:
    invite.status = status
    invite.answered_at = timezone.now()
    invite.answered_by = actor if status in {Status.ACCEPTED, Status.DECLINED} else None
    invite.save(update_fields=["status", "answered_at", "answered_by"])
    audit.record(
        actor=actor,
        action=f"team.invite_{status}",
        target=invite.team,
        old={"invite": invite.pk, "status": Status.PENDING},
        new={"invite": invite.pk, "status": status},
    )
    events.publish(InviteSettled(team_id=invite.team_id, invite_id=invite.pk, status=status))


def _withdraw_twins(actor: User, accepted: TeamInvite) -> None:
    """Withdraw what the same person was asked a second time, by name and by address."""
    twins = permissions.invites_answered_by(actor).filter(team=accepted.team).exclude(pk=accepted.pk)
    for twin in twins.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        _settle(actor, twin, Status.CANCELLED)


def _check_open(team: Team, invite: TeamInvite) -> None:
    if not team.is_active:
        raise InviteClosed(f"{team.name} has disbanded.")
    match invite.state:
        case Status.PENDING:
            return
        case Status.EXPIRED:
            raise InviteClosed(f"This invitation ran out. Ask {team.name} for a new one.")
        case Status.CANCELLED:
            raise InviteClosed(f"{team.name} withdrew this invitation.")
        case Status.ACCEPTED:
            raise InviteClosed("This invitation was accepted already.")
        case _:
            raise InviteClosed("This invitation was declined already.")


def _check_room(team: Team) -> None:
    if team.invites.open().count() >= PENDING_INVITES_PER_TEAM:
        raise Conflict(
            f"{PENDING_INVITES_PER_TEAM} invitations are open. Cancel some, or wait for their answers.", code="too_many"
        )
