"""Who may follow a team."""

from apps.core.errors import NotFound, PermissionRefused
from apps.teams.permissions.standing import Standing, boolean, check_see


def check_follow(viewer: Standing) -> None:
    """Whoever is logged in and sees the team: of a private one, its members."""
    check_see(viewer)
    if not viewer.user.is_authenticated:
        raise PermissionRefused("Log in to follow teams.")
    if not viewer.team.is_active:
        raise NotFound("There is no such team.")


can_follow = boolean(check_follow)
