"""What staff may do to teams, by Django permission."""

from apps.accounts.groups import MODERATOR
from apps.core.errors import PermissionRefused
from apps.teams.permissions.standing import Viewer, boolean


def check_set_flags(user: Viewer) -> None:
    """Verified and featured are staff's words about a team."""
    if not user.has_perm("teams.change_team"):
        raise PermissionRefused("Only staff who may change teams can verify and feature them.")


def check_adjust_points(user: Viewer) -> None:
    if not user.has_perm("teams.add_teampointsadjustment"):
        raise PermissionRefused("Only staff who keep the ranking can adjust points.")


def check_change_criteria(user: Viewer) -> None:
    if not user.has_perm("teams.change_rankingcriteria"):
        raise PermissionRefused("Only staff who keep the ranking can change how points are counted.")


def check_record_results(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamtournamentregistration"):
        raise PermissionRefused("Only staff who keep results can record them.")


def check_review_sponsors(user: Viewer) -> None:
    if not user.has_perm("teams.change_teamsponsor"):
        raise PermissionRefused("Only staff who may change sponsors can decide about them.")


def check_promote(user: Viewer) -> None:
    if not user.has_perm("teams.change_teampromotion"):
        raise PermissionRefused("Only staff who may change promotions can put teams forward.")


can_set_flags = boolean(check_set_flags)
can_change_criteria = boolean(check_change_criteria)
can_record_results = boolean(check_record_results)
can_review_sponsors = boolean(check_review_sponsors)
can_promote = boolean(check_promote)


def staff_groups() -> dict[str, tuple[str, ...]]:
    """Return what the groups of staff may do to teams."""
    changes = ("team", "teampost", "teamverification", "teamachievement", "teamsponsor", "teampromotion")
    views = ("team", "teampost", "teampostreport", "chatmessage")
    rights = (*(f"change_{model}" for model in changes), *(f"view_{model}" for model in views))
    return {MODERATOR: tuple(f"teams.{right}" for right in rights)}
