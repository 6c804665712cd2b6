"""/teams/<slug>/manage/: ask players, see who was asked, look after the roster."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.members import InviteEmailForm, InvitePlayerForm
from apps.teams.models import Team, TeamInvite
from apps.teams.permissions import Standing
from apps.teams.selectors import invitations, rosters, transfers
from apps.teams.services import invites
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def manage(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage(standing)
    chosen = request.GET.get("player", "")[:150]
    by_name = InvitePlayerForm(standing=standing, initial={"player": chosen})
    return _show(request, team, standing, by_name=by_name, by_email=InviteEmailForm(standing=standing))


@login_required
@require_safe
def player_suggestions(request: SignedInRequest, slug: str) -> HttpResponse:
    """Who could be meant. A page of its own without script, a list under the field with it."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    query = (request.GET.get("player-player") or request.GET.get("search") or "")[:50]
    context = {"team": team, "query": query, "players": invitations.suggestions(team, query)}
    template = "teams/player_suggestions.partial.html" if request.htmx else "teams/player_suggestions.html"
    return render(request, template, context)


@login_required
@require_POST
def invite_player(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    form = InvitePlayerForm(request.POST, standing=standing)
    if form.is_valid():
        try:
            invite = invites.invite_player(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            return _sent(request, team, invite, form.cleaned_data["player"].profile.display_name)
    return _show(request, team, standing, by_name=form, by_email=InviteEmailForm(standing=standing))


@login_required
@require_POST
def invite_email(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    form = InviteEmailForm(request.POST, standing=standing)
    if form.is_valid():
        try:
            invite = invites.invite_email(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            return _sent(request, team, invite, form.cleaned_data["email"])
    return _show(request, team, standing, by_name=InvitePlayerForm(standing=standing), by_email=form)


@login_required
@require_POST
def cancel_invite(request: SignedInRequest, slug: str, invite_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_invite(standing)
    invite = invitations.invite_of(team, invite_id)
    try:
        invites.cancel_invite(actor=request.user, invite_id=invite.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "Invitation cancelled.")
    return redirect("teams:manage", slug=team.slug)


def _sent(request: SignedInRequest, team: Team, invite: TeamInvite, name: str) -> HttpResponse:
    day = date_format(timezone.localtime(invite.expires_at), "j F")
    messages.success(request, f"Invite sent to {name}. It expires on {day}.")
    return redirect("teams:manage", slug=team.slug)


def _show(
    request: SignedInRequest, team: Team, standing: Standing, *, by_name: forms.Form, by_email: forms.Form
) -> HttpResponse:
    roster = rosters.roster(team)
    context = {
        **manage_frame(standing, current="manage"),
        "roster": roster,
        "without_seat": rosters.without_seat(team),
        "can_manage_roster": permissions.can_manage_roster(standing),
        "can_disband": permissions.can_disband(standing),
        "transfer": transfers.open_transfer(team),
        "can_invite": permissions.can_invite(standing),
        "invites": [
            (
                invite,
                request.build_absolute_uri(invite.get_absolute_url()),
                permissions.can_invite_as(standing, invite.role),
            )
            for invite in invitations.open_invitations(team)
        ],
        "by_name": by_name,
        "by_email": by_email,
    }
    return render(request, "teams/manage.html", context, status=422 if by_name.errors or by_email.errors else 200)
