"""/teams/<slug>/history/: the roster over time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.common.pagination import keyset_page
from apps.teams.forms.members import DayForm
from apps.teams.selectors import history as selectors
from apps.teams.selectors import rosters
from apps.teams.views.frames import team_frame

PAGE_SIZE = 40


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:history", slug=team.slug)
    form = DayForm(request.GET if "day" in request.GET else None)
    day = form.cleaned_data["day"] if form.is_valid() else None
    page = keyset_page(
        selectors.timeline(team, viewer=standing),
        order=("-at", "-pk"),
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        **team_frame(standing, current="history"),
        "form": form,
        "day": day,
        "stays": selectors.roster_on(team, day) if day else [],
        "steps": selectors.steps(page.rows, viewer=standing),
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/history.html", context)
