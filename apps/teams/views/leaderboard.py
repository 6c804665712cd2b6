"""/teams/leaderboard/ and /teams/<slug>/rank/: who stands where, and why."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from apps.teams.forms.lists import LeaderboardForm
from apps.teams.selectors import leaderboards, rank_explained, rosters
from apps.teams.views.frames import team_frame
from apps.teams.views.requests import HtmxRequest


@require_safe
def leaderboard(request: HtmxRequest) -> HttpResponse:
    form = LeaderboardForm(request.GET)
    form.is_valid()  # a wrong filter filters nothing
    kept = {name: value for name, value in form.cleaned_data.items() if value}
    scope = leaderboards.Scope(**kept)
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    board = leaderboards.board(scope, viewer=request.user, after=place)
    context = {
        "form": form,
        "scope": scope,
        "board": board,
        "next_url": "?" + urlencode({**kept, "after": board.next_after}) if board.next_after else "",
        "first_url": "?" + urlencode(kept) if place else "",
    }
    template = "teams/leaderboard.partial.html" if request.htmx else "teams/leaderboard.html"
    return render(request, template, context)


@require_safe
def explain_rank(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    page, badge = (
        request.build_absolute_uri(reverse(f"teams:{name}", args=[team.slug]))
        for name in ("team_page", "rank_badge_picture")
    )
    context = {
        **team_frame(standing, current="explain_rank"),
        "explanation": rank_explained.explain(team),
        "badge_code": f'<a href="{page}"><img src="{badge}" alt="{escape(team.name)} on DeltaCrown" height="32"></a>',
    }
    return render(request, "teams/explain_rank.html", context)
