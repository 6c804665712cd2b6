"""/teams/<slug>/manage/members/…: what captains decide about one member."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.members import BanForm, MemberForm
from apps.teams.models import Team, TeamMembership
from apps.teams.permissions import Standing
from apps.teams.selectors import rosters as selectors
from apps.teams.selectors import transfers
from apps.teams.services import members
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Role and place in the game; the buttons beside lead to everything else."""
    team, standing, member = _found(request, slug, member_id)
    initial = {"role": member.role, "in_game_role": member.in_game_role}
    form = MemberForm(request.POST or None, initial=initial, standing=standing, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            members.change_member(actor=request.user, team_id=team.pk, member_id=member.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"{member.profile.display_name} is changed.")
            return redirect("teams:manage", slug=team.slug)
    context = {
        "team": team,
        "member": member,
        "form": form,
        "can_remove": permissions.can_remove(standing, member),
        "can_hand_over": permissions.can_offer_captaincy(standing) and member.role != "captain" and member.slot,
        "transfer": transfers.open_transfer(team),
    }
    return render(request, "teams/member.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def set_inactive(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    return _act(request, slug, member_id, members.set_inactive, "{name} is inactive now.")


@login_required
@require_POST
def bring_back(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    return _act(request, slug, member_id, members.bring_back, "{name} is back on the roster.")


@login_required
@require_POST
def lift_ban(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    return _act(request, slug, member_id, members.lift_ban, "{name} may be invited again.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ban_member(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    """Asks for the reason on a page of its own."""
    team, standing, member = _found(request, slug, member_id)
    permissions.check_remove(standing, member)
    form = BanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            members.ban_member(actor=request.user, team_id=team.pk, member_id=member.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"{member.profile.display_name} is banned from the team.")
            return redirect("teams:manage", slug=team.slug)
    context = {"team": team, "member": member, "form": form}
    return render(request, "teams/ban_member.html", context, status=422 if form.errors else 200)


def _found(request: SignedInRequest, slug: str, member_id: int) -> tuple[Team, Standing, TeamMembership]:
    team, standing = selectors.team_for(request.user, slug)
    permissions.check_manage_roster(standing)
    return team, standing, selectors.member_of(team, member_id)


def _act(
    request: SignedInRequest, slug: str, member_id: int, act: Callable[..., TeamMembership], done: str
) -> HttpResponse:
    team, standing = selectors.team_for(request.user, slug)
    permissions.check_manage_roster(standing)
    try:
        member = act(actor=request.user, team_id=team.pk, member_id=member_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, done.format(name=member.profile.display_name))
    return redirect("teams:manage", slug=team.slug)
