"""/me/calendar/week/ and /teams/<slug>/practice/when/: when one can, and when a team can."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from apps.corelib import week
from apps.teams import permissions
from apps.teams.forms.practice import WeekForm
from apps.teams.selectors import availability as selectors
from apps.teams.selectors import rosters
from apps.teams.services import availability as services
from apps.teams.views.frames import team_frame
from apps.teams.views.requests import SignedInRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_week(request: SignedInRequest) -> HttpResponse:
    form = WeekForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.tell_availability(actor=request.user, places=form.cleaned_data["places"])
        messages.success(request, "Saved. Your teams see how many can, not who.")
        return redirect("teams:my_calendar")
    chosen = selectors.usual_week(request.user)
    days = [
        (day, [(block, place, place in chosen) for block, place in _places(number)])
        for number, day in enumerate(week.DAYS)
    ]
    context = {"form": form, "days": days}
    return render(request, "teams/my_week.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def when(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_see_practice(standing)
    context = {
        **team_frame(standing, current="practice"),
        "view": "when",
        "heat": selectors.heat_map(team),
        "blocks": week.BLOCKS,
    }
    return render(request, "teams/when.html", context)


def _places(day: int) -> list[tuple[week.Block, int]]:
    return [(block, week.place_of(day, number)) for number, block in enumerate(week.BLOCKS)]
