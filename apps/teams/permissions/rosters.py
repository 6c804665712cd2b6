"""Who may change who is in a team."""

from apps.core.errors import PermissionRefused
from apps.teams.models import CaptainTransfer, MemberFlag, TeamMembership
from apps.teams.permissions.standing import Role, Standing, boolean, check_flag, check_see


def check_manage_roster(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.MANAGE_ROSTER, "change the roster")


def check_remove(viewer: Standing, member: TeamMembership) -> None:
    """Take somebody's seat away: remove, set inactive or ban. Also the way back, which undoes it."""
    check_manage_roster(viewer)
    if member.role == Role.CAPTAIN and member.slot:
        raise PermissionRefused("The captain can't be removed, banned or set inactive.")
    if member.role == Role.CO_CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain decides about a co-captain's place.")


def check_change_member(viewer: Standing, member: TeamMembership, *, role: str) -> None:
    """Give ``member`` this role, or another place in the game."""
    check_manage_roster(viewer)
    if role != member.role:
        if _is_own(viewer, member) and not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
            raise PermissionRefused("Nobody gives themselves another role. Ask your captain.")
        if Role.CAPTAIN in (role, member.role):
            raise PermissionRefused("A captain hands the team over to a member, who has to accept.")
        if Role.CO_CAPTAIN in (role, member.role) and not viewer.is_one_of(Role.CAPTAIN):
            raise PermissionRefused("Only the captain makes and unmakes co-captains.")
    elif member.role == Role.CAPTAIN and not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain changes the captain's place.")


def _is_own(viewer: Standing, member: TeamMembership) -> bool:
    return viewer.membership is not None and viewer.membership.pk == member.pk


def check_offer_captaincy(viewer: Standing) -> None:
    """Offer the team to a member, or take the offer back."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can hand the team over.")


def check_answer_captaincy(viewer: Standing, transfer: CaptainTransfer) -> None:
    """Only the member who was asked answers; not even a superuser does it for them."""
    check_see(viewer)
    if viewer.membership is None or viewer.membership.profile_id != transfer.successor_id:
        raise PermissionRefused("The captain asked someone else.")


def check_leave(viewer: Standing) -> TeamMembership:
    """Return the membership that would end."""
    check_see(viewer)
    if viewer.membership is None:
        raise PermissionRefused("You are not a member of this team.")
    return viewer.membership


can_manage_roster = boolean(check_manage_roster)
can_remove = boolean(check_remove)
can_change_member = boolean(check_change_member)
can_offer_captaincy = boolean(check_offer_captaincy)
can_answer_captaincy = boolean(check_answer_captaincy)
can_leave = boolean(check_leave)
