"""/teams/<slug>/edit/: what may change after creation, with the header as it will look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.looks import EditForm
from apps.teams.models import HeroTemplate
from apps.teams.selectors import rosters
from apps.teams.services import teams
from apps.teams.views.frames import manage_frame
from apps.teams.views.pictures import keep_pictures
from apps.teams.views.refusals import show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_edit(standing)
    form = EditForm(request.POST or None, request.FILES or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        try:
            teams.update_team(actor=request.user, team_id=team.pk, **form.changes())
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Saved.")
            return redirect(team)
    if form.errors:
        keep_pictures(request, form)
    context = {
        **manage_frame(standing, current="edit"),
        "form": form,
        "can_rename": permissions.can_rename(standing),
    }
    return render(request, "teams/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def edit_header(request: SignedInRequest, slug: str) -> HttpResponse:
    """The header of the team's page with what is typed and chosen now."""
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_edit(standing)
    team.tagline = request.GET.get("tagline", "")[:80]
    team.hero_template = known_template(request.GET.get("hero_template", ""), team.hero_template)
    return render(request, "teams/header_preview.partial.html", {"team": team})


def known_template(chosen: str, otherwise: str) -> str:
    """Return what was chosen if there is such a header."""
    return chosen if chosen in HeroTemplate.values else otherwise
