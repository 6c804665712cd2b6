"""Handing a team over: the captain asks a member, and the member says yes or no."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.constraints import refusing
from apps.core.errors import Conflict
from apps.teams import permissions
from apps.teams.errors import TransferClosed
from apps.teams.models import CaptainTransfer, Team, TeamMembership
from apps.teams.selectors import rosters as selectors
from apps.teams.services.locks import lock_team, lock_transfer
from apps.user_profile.models import UserProfile

Status = CaptainTransfer.Status


@transaction.atomic(durable=True)
def offer_captaincy(*, actor: User, team_id: int, member_id: int) -> CaptainTransfer:
    """Ask a member to become captain. The answer may come within seven days; until then nothing changes.

    Raises:
        NotFound: The team is gone or hidden, or nobody with this membership is in it now.
        PermissionRefused: The actor is not the captain.
        Conflict: The member is the captain or inactive, or another offer is open.
    """
    team = lock_team(team_id)
    permissions.check_offer_captaincy(permissions.standing(actor, team))
    member = selectors.member_of(team, member_id)
    if member.role == TeamMembership.Role.CAPTAIN:
        raise Conflict(f"{member.profile.display_name} is the captain already.")
    if not member.slot or not member.profile.user.is_active:
        raise Conflict(f"{member.profile.display_name} is not active in the team.")

    # A row whose time is up still holds the place of the new one until it is settled.
    team.transfers.filter(status=Status.PENDING, expires_at__lte=timezone.now()).update(status=Status.EXPIRED)
    open_already = "Another offer is open. Take it back first."
    with refusing({"teams_transfer_one_pending_per_team": lambda: Conflict(open_already)}):
        transfer = CaptainTransfer.objects.create(team=team, captain=team.captain, successor=member.profile)

    audit.record(
        actor=actor,
        action="team.captaincy_offered",
        target=team,
        old={},
        new={"transfer": transfer.pk, "successor": member.profile_id},
    )
    jobs.enqueue("teams.send_transfer_notification", transfer_id=transfer.pk)
    return transfer


@transaction.atomic(durable=True)
def decline_captaincy(*, actor: User, transfer_id: int) -> CaptainTransfer:
    """Say no. The captain may ask someone else.

    Raises:
        NotFound, PermissionRefused: The offer is not the actor's to answer.
        TransferClosed: There is nothing left to answer.
    """
    team, transfer = lock_transfer(transfer_id)
    permissions.check_answer_captaincy(permissions.standing(actor, team), transfer)
    check_open(transfer)

    settle(actor=actor, transfer=transfer, status=Status.DECLINED)

    jobs.enqueue("teams.send_transfer_notification", transfer_id=transfer.pk)
    return transfer


@transaction.atomic(durable=True)
def cancel_captaincy(*, actor: User, transfer_id: int) -> CaptainTransfer:
    """Take the offer back.

    Raises:
        NotFound, PermissionRefused: The actor is not the captain.
        TransferClosed: It was answered meanwhile.
    """
    team, transfer = lock_transfer(transfer_id)
    permissions.check_offer_captaincy(permissions.standing(actor, team))
    check_open(transfer)

    settle(actor=actor, transfer=transfer, status=Status.CANCELLED)
    return transfer


def withdraw(*, actor: User | None, team: Team, successor: UserProfile | None = None) -> None:
    """End the open offer of ``team``, or only one to ``successor``. The caller holds the lock of ``team``."""
    pending = team.transfers.filter(status=Status.PENDING)
    if successor is not None:
        pending = pending.filter(successor=successor)
    for transfer in pending:
        settle(actor=actor, transfer=transfer, status=Status.CANCELLED)


def settle(*, actor: User | None, transfer: CaptainTransfer, status: str) -> None:
    """Write what became of the offer. The caller holds the lock of its team."""
    transfer.status = status
    transfer.answered_at = timezone.now()
    transfer.save(update_fields=["status", "answered_at"])
    audit.record(
        actor=actor,
        action=f"team.captaincy_{status}",
        target=transfer.team,
        old={"transfer": transfer.pk, "status": Status.PENDING},
        new={"transfer": transfer.pk, "status": status},
    )


def check_open(transfer: CaptainTransfer) -> None:
    """Raise ``TransferClosed`` with what became of the offer."""
    if transfer.status == Status.PENDING and transfer.expires_at <= timezone.now():
        raise TransferClosed("This offer ran out. The captain can make it again.")
    if transfer.status != Status.PENDING:
        raise TransferClosed("This offer is no longer open.")
