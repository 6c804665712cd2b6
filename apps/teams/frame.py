"""What teams put into the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.common.navigation import NavItem
from apps.teams.selectors import rosters
from apps.user_profile.models import UserProfile


def teams_place(request: HttpRequest) -> NavItem:
    return NavItem("Teams", "teams:directory", "shield", section="/teams/")


def profile_teams(request: HttpRequest, profile: UserProfile) -> SafeString:
    """The teams on a player's page, as far as the viewer may see them."""
    context: dict[str, Any] = {"memberships": rosters.memberships_of(profile, viewer=request.user)}
    return render_to_string("teams/profile_teams.partial.html", context, request=request)
