"""/teams/<slug>/activity/: what happened, of all kinds in one list."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.teams.selectors import activity as selectors
from apps.teams.selectors import rosters
from apps.teams.views.frames import team_frame


@require_safe
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:activity", slug=team.slug)
    page = selectors.activity(standing, cursor=request.GET.get("after", ""))
    context = {
        **team_frame(standing, current="activity"),
        "page": page,
        "next_url": f"?{urlencode({'after': page.next_cursor})}" if page.next_cursor else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/activity.html", context)
