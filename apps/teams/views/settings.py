"""/teams/<slug>/manage/settings/: how people join, and what members may do."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.joining import JoinSettingsForm, MemberFlagsForm
from apps.teams.models.joining import JoinSettings
from apps.teams.permissions import Standing
from apps.teams.selectors import rosters
from apps.teams.services import settings as services
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def team_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_change_settings(standing)
    return _show(request, standing, _join_form(standing))


@login_required
@require_POST
def join_settings(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_change_settings(standing)
    form = JoinSettingsForm(request.POST)
    if form.is_valid():
        try:
            services.change_join_settings(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("teams:team_settings", slug=team.slug)
    return _show(request, standing, form)


@login_required
@require_POST
def member_flags(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_open_to_members(standing)
    form = MemberFlagsForm(request.POST, team=team)
    form.is_valid()  # ten boxes that are on or off: nothing can be wrong with them
    try:
        services.open_to_members(actor=request.user, team_id=team.pk, opened=form.opened())
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "Saved. It holds from now on.")
    return redirect("teams:team_settings", slug=team.slug)


def _join_form(standing: Standing) -> JoinSettingsForm:
    names = [field.name for field in JoinSettings._meta.get_fields()]
    return JoinSettingsForm(initial={name: getattr(standing.team, name) for name in names})


def _show(request: SignedInRequest, standing: Standing, join_form: forms.Form) -> HttpResponse:
    context = {
        **manage_frame(standing, current="team_settings"),
        "join_form": join_form,
        "flags_form": MemberFlagsForm(team=standing.team) if permissions.can_open_to_members(standing) else None,
    }
    return render(request, "teams/team_settings.html", context, status=422 if join_form.errors else 200)
