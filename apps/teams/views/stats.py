"""/teams/<slug>/stats/: the team in figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.teams import permissions
from apps.teams.selectors import rosters
from apps.teams.selectors import stats as selectors
from apps.teams.views.frames import team_frame


@require_safe
def stats(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:stats", slug=team.slug)
    context = {
        **team_frame(standing, current="stats"),
        "place_title": f"Place in {team.game_info.name}",
        "standings": selectors.standings_of(team),
        "figures": selectors.figures_of(team),
        "activity": selectors.activity_of(team) if permissions.can_view_stats(standing) else None,
    }
    return render(request, "teams/stats.html", context)
