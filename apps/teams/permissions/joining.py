"""Who may ask to join a team, and who decides how people get in."""

from apps.core.errors import NotFound, PermissionRefused
from apps.teams.models import MemberFlag, TeamJoinRequest
from apps.teams.permissions.standing import Role, Standing, Viewer, boolean, check_flag, check_see


def check_ask(viewer: Standing) -> None:
    """Ask to join. Whether this player can now, by cool-down and the like, the service says."""
    check_see(viewer)
    if not viewer.user.is_authenticated:
        raise PermissionRefused(f"Log in to ask {viewer.team.name}.")
    if viewer.membership:
        raise PermissionRefused(f"You are in {viewer.team.name} already.")
    if not viewer.team.accepts_join_requests:
        raise PermissionRefused(f"{viewer.team.name} takes no requests. Its captains invite players themselves.")


def check_withdraw_request(user: Viewer, request: TeamJoinRequest) -> None:
    """Only who asked takes it back; for others there is no such request."""
    if request.player_id != user.pk:
        raise NotFound("There is no such request.")


def check_change_settings(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.CHANGE_SETTINGS, "change the settings")


def check_open_to_members(viewer: Standing) -> None:
    """Switch what members may do. The captain's alone: whoever is trusted with something can't pass it on."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain decides what members may do.")


def check_read_log(viewer: Standing) -> None:
    """Read what everybody in the team did."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain reads the team's log.")


can_ask = boolean(check_ask)
can_withdraw_request = boolean(check_withdraw_request)
can_change_settings = boolean(check_change_settings)
can_open_to_members = boolean(check_open_to_members)
can_read_log = boolean(check_read_log)
