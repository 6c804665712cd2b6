"""Sponsors: the captain's page with proposals and figures, and the way to a sponsor's own site."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.sponsors import SponsorForm
from apps.teams.models import TeamSponsor
from apps.teams.permissions import Standing
from apps.teams.selectors import rosters
from apps.teams.selectors import sponsors as selectors
from apps.teams.services import sponsor_counts, sponsorship
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest
from apps.teams.views.visitors import countable_visitor


@login_required
@require_safe
def sponsors(request: SignedInRequest, slug: str) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_view_finances(standing)
    return _show(request, standing, SponsorForm())


@login_required
@require_POST
def propose_sponsor(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_propose_sponsor(standing)
    form = SponsorForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            sponsor = sponsorship.propose_sponsor(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"{sponsor.name} is proposed. You hear from us once staff have looked.")
            return redirect("teams:sponsors", slug=team.slug)
    return _show(request, standing, form)


@login_required
@require_POST
def cancel_sponsor(request: SignedInRequest, slug: str, sponsor_id: int) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_propose_sponsor(standing)
    sponsor = selectors.sponsor_of(team, sponsor_id)
    try:
        sponsorship.cancel_sponsor(actor=request.user, sponsor_id=sponsor.pk, reason="Ended by staff.")
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{sponsor.name} is no longer shown.")
    return redirect("teams:sponsors", slug=team.slug)


@require_safe
def visit_sponsor(request: HttpRequest, slug: str, sponsor_id: int) -> HttpResponse:
    """Lead to the address that staff approved, and to no other: nothing of the request goes into it."""
    team, standing = rosters.team_for(request.user, slug)
    sponsor = selectors.sponsor_to_visit(team, sponsor_id)
    visitor = countable_visitor(request)
    if visitor and not standing.membership:
        sponsor_counts.count_click(sponsor_id=sponsor.pk, visitor=visitor, day=timezone.localdate())
    response = HttpResponseRedirect(sponsor.url)
    response["Cache-Control"] = "no-store"  # a cached answer would count nobody
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def count_shown(request: HttpRequest, standing: Standing, shown: list[TeamSponsor]) -> None:
    """Count a page that shows sponsors. A team's own members don't make its figure."""
    visitor = countable_visitor(request) if shown and not standing.membership else None
    if visitor:
        sponsor_counts.count_impressions(
            sponsor_ids=[sponsor.pk for sponsor in shown], visitor=visitor, day=timezone.localdate()
        )


def _show(request: SignedInRequest, standing: Standing, form: SponsorForm) -> HttpResponse:
    team = standing.team
    context = {
        **manage_frame(standing, current="sponsors"),
        "form": form,
        "can_propose": permissions.can_propose_sponsor(standing),
        "board": selectors.board(team),
    }
    return render(request, "teams/sponsors.html", context, status=422 if form.errors else 200)
