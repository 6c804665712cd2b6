"""/teams/<slug>/manage/verification/: ask staff for the verified mark, and see what they said."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import DomainError
from apps.teams import permissions
from apps.teams.forms.looks import VerificationForm
from apps.teams.selectors import rosters
from apps.teams.services import verification as services
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest

LISTED = 10


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_request_verification(standing)
    form: forms.Form = VerificationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.request_verification(actor=request.user, team_id=team.pk, **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, "Sent to staff. You hear from us once they have looked.")
            return redirect("teams:verification", slug=team.slug)
    requests = list(team.verifications.all()[:LISTED])
    context = {
        **manage_frame(standing, current="verification"),
        "form": form,
        "requests": requests,
        "waiting": next((found for found in requests if found.status == found.Status.PENDING), None),
        "again": services.may_ask_again(team),
    }
    return render(request, "teams/verification.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw_verification(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_request_verification(standing)
    try:
        services.withdraw_verification(actor=request.user, team_id=team.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "The request is taken back.")
    return redirect("teams:verification", slug=team.slug)
