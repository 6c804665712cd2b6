"""The moment a team changes hands by consent."""

from django.db import transaction

from apps.accounts.models import User
from apps.teams import permissions
from apps.teams.errors import TransferClosed
from apps.teams.models import CaptainTransfer, RosterChange, TeamMembership
from apps.teams.services import history, succession, transfers
from apps.teams.services.locks import lock_transfer

Role = TeamMembership.Role


@transaction.atomic(durable=True)
def accept_captaincy(*, actor: User, transfer_id: int) -> CaptainTransfer:
    """Become captain; the old captain becomes co-captain.

    Raises:
        NotFound, PermissionRefused: The offer is not the actor's to answer.
        TransferClosed: It was answered, taken back or is older than seven days.
    """
    team, transfer = lock_transfer(transfer_id)
    standing = permissions.standing(actor, team)
    permissions.check_answer_captaincy(standing, transfer)
    transfers.check_open(transfer)
    successor = standing.membership
    old = TeamMembership.objects.active().filter(team=team, role=Role.CAPTAIN).first()
    if successor is None or not successor.slot or old is None or old.profile_id != transfer.captain_id:
        raise TransferClosed("This offer is no longer open.")

    transfers.settle(actor=actor, transfer=transfer, status=CaptainTransfer.Status.ACCEPTED)
    old.role = Role.CO_CAPTAIN
    old.save(update_fields=["role"])
    history.remember(actor=actor, kind=RosterChange.Kind.CHANGED, members=[old])

    succession.crown(actor=actor, team=team, old=old, successor=successor)  # records and tells
    return transfer
