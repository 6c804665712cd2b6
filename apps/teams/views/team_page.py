"""/teams/<slug>/: who they are. An address from before a new name leads to the present one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.teams import permissions
from apps.teams.selectors import links, rosters, sponsors
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
        "links": links.links_of(team),
        "photo_alt": f"The players of {team.name}",
        "can_leave": permissions.can_leave(standing),
        "page_url": request.build_absolute_uri(team.get_absolute_url()),
        "card_url": request.build_absolute_uri(reverse("teams:share_card", args=[team.slug])),
    }
    return render(request, "teams/team_page.html", context)
