"""Another name, the end, and the way back: each on a page of its own, because all of them are rare."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError, NotFound
from apps.teams import permissions
from apps.teams.constants import DISBAND_GRACE
from apps.teams.forms.create import RenameForm
from apps.teams.forms.members import DisbandForm
from apps.teams.selectors import rosters
from apps.teams.services import disbanding, naming
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_rename(standing)
    form = RenameForm(request.POST or None, initial={"name": team.name, "tag": team.tag}, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            team = naming.rename_team(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"The team is called {team.name} now.")
            return redirect(team)
    return render(request, "teams/rename.html", {"team": team, "form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def disband(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_disband(standing)
    form = DisbandForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            disbanding.disband_team(actor=request.user, team_id=team.pk)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"{team.name} has disbanded. You can restore it for 30 days.")
            return redirect("teams:restore", slug=team.slug)
    context = {"team": team, "form": form, "days": DISBAND_GRACE.days}
    return render(request, "teams/disband.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: SignedInRequest, slug: str) -> HttpResponse:
    """For the last captain and staff. To others the address says nothing."""
    team = rosters.team_at(slug)
    if team is None:
        raise NotFound("There is no such team.")
    permissions.check_restore(request.user, team)
    if request.method == "POST":
        try:
            disbanding.restore_team(actor=request.user, team_id=team.pk)
        except DomainError as refusal:
            show_as_message(request, refusal)
            return redirect("teams:restore", slug=team.slug)
        messages.success(request, f"{team.name} is back.")
        return redirect(team)
    until = team.disbanded_at + DISBAND_GRACE if team.disbanded_at else None
    context = {"team": team, "restorable": disbanding.is_restorable(team), "until": until}
    return render(request, "teams/restore.html", context)
