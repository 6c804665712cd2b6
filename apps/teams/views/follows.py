"""Following teams, who follows one, and which ones I follow."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import Team
from apps.teams.selectors import follows as selectors
from apps.teams.selectors import rosters
from apps.teams.services import follows as services
from apps.teams.views.frames import team_frame
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest


@require_safe
def followers(request: HttpRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    if team.slug != slug:
        return redirect("teams:followers", slug=team.slug)
    page = selectors.followers(team, cursor=request.GET.get("after", ""))
    context = {
        **team_frame(standing, current="followers"),
        "page": page,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/followers.html", context)


@login_required
@require_safe
def teams_followed(request: SignedInRequest) -> HttpResponse:
    page = selectors.teams_followed(request.user, cursor=request.GET.get("after", ""))
    context = {
        "page": page,
        "next_url": f"?after={page.next_cursor}" if page.has_next else "",
        "first_url": "" if page.is_first else "?",
    }
    return render(request, "teams/teams_followed.html", context)


@login_required
@require_POST
def follow(request: SignedInRequest, slug: str) -> HttpResponse:
    team, _ = rosters.team_for(request.user, slug)
    return _change(request, team, services.follow_team, f"You follow {team.name}.")


@login_required
@require_POST
def unfollow(request: SignedInRequest, slug: str) -> HttpResponse:
    """Also of a team that its follower can't see any more: who has left it must be able to stop."""
    team = rosters.team_at(slug)
    if team is None:
        raise NotFound("There is no such team.")
    if not selectors.is_follower(request.user, team):
        team, _ = rosters.team_for(request.user, slug)
    return _change(request, team, services.unfollow_team, f"You no longer follow {team.name}.")


def _change(request: SignedInRequest, team: Team, service: Callable[..., bool], done: str) -> HttpResponse:
    try:
        service(actor=request.user, team_id=team.pk)
    except DomainError as refusal:
        if request.htmx:
            raise
        show_as_message(request, refusal)
    else:
        if request.htmx:
            standing = permissions.standing(request.user, team)
            context = {"team": team, "following": selectors.following(standing)}
            return render(request, "teams/follow_button.partial.html", context)
        messages.success(request, done)
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    if safe:
        return redirect(wanted)
    seen = permissions.can_see(permissions.standing(request.user, team))
    return redirect(team.get_absolute_url() if seen else "teams:teams_followed")
