"""What teams put into the pages of others."""

from typing import Any

from django.http import HttpRequest

from apps.common.navigation import NavItem
from apps.teams.selectors import rosters
from apps.user_profile.selectors import VisibleProfile


def teams_place(request: HttpRequest) -> NavItem:
    return NavItem("Teams", "teams:directory", "shield", section="/teams/")


def profile_teams(request: HttpRequest, profile: VisibleProfile) -> tuple[str, dict[str, Any]]:
    """The teams on a player's page, as far as the viewer may see them."""
    memberships = rosters.memberships_of(profile.profile_id, viewer=request.user)
    return "teams/profile_teams.partial.html", {"memberships": memberships}


def followed_place(request: HttpRequest) -> NavItem:
    """The teams one follows, in the account menu."""
    return NavItem("Teams I follow", "teams:teams_followed", "heart")
