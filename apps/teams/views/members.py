"""Leave, and remove: each asks first on a page of its own, because neither can be taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.selectors import rosters as selectors
from apps.teams.services import rosters
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = selectors.team_for(request.user, slug)
    member = permissions.check_leave(standing)
    if request.method != "POST":
        heir = selectors.heir(team, besides=member) if standing.role == "captain" else None
        return render(request, "teams/leave.html", {"team": team, "standing": standing, "heir": heir})
    try:
        rosters.leave_team(actor=request.user, team_id=team.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect(team)
    messages.success(request, f"You left {team.name}.")
    return redirect("teams:directory")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remove_member(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    team, standing = selectors.team_for(request.user, slug)
    permissions.check_manage_roster(standing)
    member = selectors.member_of(team, member_id)
    permissions.check_remove(standing, member)
    if request.method != "POST":
        return render(request, "teams/remove_member.html", {"team": team, "member": member})
    try:
        rosters.remove_member(actor=request.user, team_id=team.pk, member_id=member.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{member.profile.display_name} is no longer in the team.")
    return redirect("teams:manage", slug=team.slug)
