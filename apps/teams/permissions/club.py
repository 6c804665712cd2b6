"""Who keeps a team's shelf and calendar, and who sees its inner figures."""

from apps.core.errors import PermissionRefused
from apps.teams.models import MemberFlag
from apps.teams.permissions.standing import Standing, Viewer, boolean, check_flag, check_see


def check_manage_achievements(viewer: Standing) -> None:
    """Tell an achievement, change it, take it off the shelf and put it back."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.MANAGE_ACHIEVEMENTS, "keep the achievements")


def check_review_achievements(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamachievement"):
        raise PermissionRefused("Only staff who may change achievements can decide about them.")


def check_review_achievements_of(viewer: Standing) -> None:
    """Staff decide about other teams: nobody confirms what earns points for their own."""
    check_review_achievements(viewer.user)
    if viewer.membership is not None:
        raise PermissionRefused("You are in this team. Somebody else of staff has to decide.")


def check_see_practice(viewer: Standing) -> None:
    """The calendar of a team is its members'. A superuser may look at it, to help."""
    check_see(viewer)
    if viewer.membership is None and not viewer.is_superuser:
        raise PermissionRefused("The calendar is for the members of the team.")


def check_schedule_practice(viewer: Standing) -> None:
    """Plan, move, cancel and bring back practice."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.SCHEDULE_PRACTICE, "plan practice")


def check_answer_practice(viewer: Standing) -> None:
    """Say whether one comes, and have the team's calendar in one's own: members only."""
    check_see(viewer)
    if viewer.membership is None:
        raise PermissionRefused("Only members of the team can answer.")


def check_view_stats(viewer: Standing) -> None:
    """See what happens inside. What everyone sees of a team needs nothing but the team's page."""
    check_see(viewer)
    check_flag(viewer, MemberFlag.VIEW_STATS, "see the inner figures")


can_manage_achievements = boolean(check_manage_achievements)
can_review_achievements = boolean(check_review_achievements)
can_see_practice = boolean(check_see_practice)
can_schedule_practice = boolean(check_schedule_practice)
can_answer_practice = boolean(check_answer_practice)
can_view_stats = boolean(check_view_stats)
