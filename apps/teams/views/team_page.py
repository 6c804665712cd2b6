"""/teams/<slug>/: who they are. An address from before a new name leads to the present one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.teams import permissions
from apps.teams.selectors import rosters, sponsors
from apps.teams.views.frames import team_frame
from apps.teams.views.sponsors import count_shown


@require_safe
def team_page(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:team_page", slug=team.slug)
    shown = sponsors.shown_on(team)
    count_shown(request, standing, shown)
    context = {
        **team_frame(standing, current="team_page"),
        "roster": rosters.roster(team),
        "sponsors": shown,
        "can_leave": permissions.can_leave(standing),
        "page_url": request.build_absolute_uri(team.get_absolute_url()),
        "logo_url": request.build_absolute_uri(team.logo.url(512)) if team.logo else "",
    }
    return render(request, "teams/team_page.html", context)
