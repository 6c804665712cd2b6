"""The home page: the scene for a visitor, what needs them now for a member."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.core import slots
from apps.corelib import games
from apps.corepages import selectors
from apps.teams.selectors import promotions


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the scene. For a member, the app that fills the slot ``member_home`` answers instead."""
    if request.user.is_authenticated:
        for fill in slots.fillings("member_home"):
            return fill(request)
    context = {
        "figures": selectors.live_figures(),
        "recruiting": selectors.recruiting_teams(),
        "top": selectors.top_teams(),
        "newest": selectors.newest_teams(),
        "games": games.GAMES.values(),
        "shown": promotions.shown_in("homepage"),
    }
    return render(request, "corepages/home.html", context)
