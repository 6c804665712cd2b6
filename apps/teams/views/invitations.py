"""/teams/invites/: what I was asked, and the answer."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.teams.forms.members import AcceptForm
from apps.teams.selectors import invitations as selectors
from apps.teams.selectors import joining
from apps.teams.services import invites
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def my_invitations(request: SignedInRequest) -> HttpResponse:
    context = {"invites": selectors.my_invitations(request.user), "requests": joining.my_requests(request.user)}
    return render(request, "teams/my_invitations.html", context)


@never_cache
@require_safe
def invitation(request: HttpRequest, token: UUID) -> HttpResponse:
    """The link in the mail. Everyone who holds it sees who asks; only the person who was asked can answer."""
    found = selectors.invitation(token, viewer=request.user)
    context = {
        "invitation": found,
        "invite": found.invite,
        "team": found.invite.team,
        "form": AcceptForm(game=found.invite.team.game),
        "here": reverse("teams:invitation", args=[token]),
    }
    response = render(request, "teams/invitation.html", context)
    # The address is a secret: it stays out of search engines, and by the site's referrer policy out of others' logs.
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def accept_invite(request: SignedInRequest, token: UUID) -> HttpResponse:
    found = selectors.invitation(token, viewer=request.user)
    form = AcceptForm(request.POST, game=found.invite.team.game)
    role = form.cleaned_data["in_game_role"] if form.is_valid() else ""
    try:
        member = invites.accept_invite(actor=request.user, invite_id=found.invite.pk, in_game_role=role)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("teams:invitation", token=token)
    messages.success(request, f"Welcome to {member.team.name}.")
    return redirect(member.team)


@login_required
@require_POST
def decline_invite(request: SignedInRequest, token: UUID) -> HttpResponse:
    found = selectors.invitation(token, viewer=request.user)
    try:
        invites.decline_invite(actor=request.user, invite_id=found.invite.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
        return redirect("teams:invitation", token=token)
    messages.success(request, f"You declined the invitation from {found.invite.team.name}.")
    return redirect("teams:my_invitations")
