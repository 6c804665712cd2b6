"""/teams/<slug>/edit/: what may change after creation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms import EditForm
from apps.teams.selectors import rosters
from apps.teams.services import teams
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_edit(standing)
    names = ["tagline", "description", "region", "is_recruiting", "is_public"]
    initial = {name: getattr(team, name) for name in names}
    form = EditForm(request.POST or None, request.FILES or None, initial=initial, standing=standing)
    if request.method == "POST" and form.is_valid():
        try:
            teams.update_team(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect(team)
    context = {**manage_frame(standing, current="edit"), "form": form, "can_rename": permissions.can_rename(standing)}
    return render(request, "teams/edit.html", context, status=422 if form.errors else 200)
