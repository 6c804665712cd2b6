"""/teams/<slug>/card.png and badge.svg: what other sites show of a team."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from apps.corelib.rank_badge import rank_badge
from apps.teams.models import Team
from apps.teams.selectors import rosters, share_cards

CARD_SECONDS, BADGE_SECONDS = 3600, 900


@require_safe
def share_card(request: HttpRequest, slug: str) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    name, picture = share_cards.share_card(team)
    return _answer(request, team, picture, content_type="image/png", name=name, seconds=CARD_SECONDS)


@require_safe
def rank_badge_picture(request: HttpRequest, slug: str) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    ranking = getattr(team, "ranking", None)
    ranked = ranking is not None and ranking.game_rank is not None
    place = f"#{ranking.game_rank} in {team.game_info.name}" if ranked else f"{team.game_info.name}, not ranked yet"
    drawing = rank_badge(team.tag, place, label=f"{team.name}: {place} on DeltaCrown")
    name = f"{team.tag}-{place}"
    return _answer(request, team, drawing.encode(), content_type="image/svg+xml", name=name, seconds=BADGE_SECONDS)


def _answer(
    request: HttpRequest, team: Team, content: bytes, *, content_type: str, name: str, seconds: int
) -> HttpResponse:
    """Let everybody keep a public team's picture, and other sites show it; a private one stays with its members."""
    etag = f'"{name}"'.replace(" ", "-")
    unchanged = request.headers.get("If-None-Match") == etag
    response = HttpResponseNotModified() if unchanged else HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={seconds}" if team.is_public else "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if team.is_public else "same-origin"
    return response
