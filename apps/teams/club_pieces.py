"""What the club room puts into the pages of others."""

from typing import Any

from django.http import HttpRequest

from apps.common.navigation import NavItem
from apps.teams.selectors import careers
from apps.user_profile.selectors import VisibleProfile

TROPHIES = 12
RESULTS = 5


def profile_career(request: HttpRequest, profile: VisibleProfile) -> tuple[str, dict[str, Any]]:
    """The newest achievements and results of the teams that the player was in on the day. Three queries."""
    seats = careers.seats_of(profile.profile_id)
    achievements = careers.achievements_in(seats, viewer=request.user).order_by("-achieved_on", "-pk")
    results = careers.results_in(seats, viewer=request.user).order_by("-played_on", "-pk")
    return "teams/profile_career.partial.html", {
        "profile": profile,
        "achievements": list(achievements[:TROPHIES]),
        "results": list(results[:RESULTS]),
    }


def calendar_place(request: HttpRequest) -> NavItem:
    """Practice in all my teams, in the account menu."""
    return NavItem("My calendar", "teams:my_calendar", "calendar")
