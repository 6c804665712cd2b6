"""Who asks for the verified mark, and who gives it."""

from apps.core.errors import PermissionRefused
from apps.teams.permissions.standing import Role, Standing, Viewer, boolean, check_see


def check_request_verification(viewer: Standing) -> None:
    """Ask, and take it back: only the captain speaks for the team to staff."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN):
        raise PermissionRefused("Only the captain can ask for the verified mark.")


def check_review_verifications(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamverification"):
        raise PermissionRefused("Only staff who may change verification requests can decide about them.")


def check_review_verification_of(viewer: Standing) -> None:
    """Nobody verifies the team they belong to."""
    if viewer.membership is not None:
        raise PermissionRefused("You belong to this team. Somebody else has to decide.")


can_request_verification = boolean(check_request_verification)
can_review_verifications = boolean(check_review_verifications)
