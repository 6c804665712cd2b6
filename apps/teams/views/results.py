"""/teams/<slug>/results/ and /u/<username>/results/: tournaments of the past."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.common.pagination import keyset_page
from apps.teams.selectors import careers, rosters
from apps.teams.selectors import results as selectors
from apps.teams.views.frames import team_frame
from apps.user_profile.selectors import visible_profile

PAGE_SIZE = 25


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:results", slug=team.slug)
    page = keyset_page(
        selectors.results_of(team), order=selectors.NEWEST_FIRST, cursor=request.GET.get("after", ""), size=PAGE_SIZE
    )
    context = {
        **team_frame(standing, current="results"),
        "record": selectors.record_of(team),
        "ahead": selectors.ahead_of(team) if page.is_first else [],
        "results": page.rows,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/results.html", context)


@require_safe
def player_results(request: HttpRequest, username: str) -> HttpResponse:
    """What a player's teams played while they had a seat. Of a hidden profile there is nothing to see."""
    player = visible_profile(request.user, username)
    if player.username != username:
        return redirect("teams:player_results", username=player.username, permanent=True)
    if player.is_hidden:
        return redirect("user_profile:profile", username=player.username)
    page = keyset_page(
        careers.results_in(careers.seats_of(player.profile_id), viewer=request.user),
        order=selectors.NEWEST_FIRST,
        cursor=request.GET.get("after", ""),
        size=PAGE_SIZE,
    )
    context = {
        "profile": player,
        "results": page.rows,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/player_results.html", context)
