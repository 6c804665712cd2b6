"""/teams/<slug>/captaincy/: one captain asks, the next one answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import CaptainTransfer, Team
from apps.teams.permissions import Standing
from apps.teams.selectors import rosters as selectors
from apps.teams.selectors import transfers as transfer_selectors
from apps.teams.services import captaincy as captaincy_services
from apps.teams.services import transfers
from apps.teams.views.refusals import show_as_message
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def captaincy(request: SignedInRequest, slug: str) -> HttpResponse:
    """The open offer, for the two people it is about. Without one, where to go instead."""
    team, standing = selectors.team_for(request.user, slug)
    permissions.check_leave(standing)
    transfer = transfer_selectors.open_transfer(team)
    context = {
        "team": team,
        "transfer": transfer,
        "can_answer": transfer is not None and permissions.can_answer_captaincy(standing, transfer),
        "can_cancel": transfer is not None and permissions.can_offer_captaincy(standing),
    }
    return render(request, "teams/captaincy.html", context)


@login_required
@require_POST
def offer_captaincy(request: SignedInRequest, slug: str, member_id: int) -> HttpResponse:
    team, standing = selectors.team_for(request.user, slug)
    permissions.check_offer_captaincy(standing)
    try:
        transfer = transfers.offer_captaincy(actor=request.user, team_id=team.pk, member_id=member_id)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{transfer.successor.display_name} is asked. You stay captain until they accept.")
    return redirect("teams:manage", slug=team.slug)


@login_required
@require_POST
def accept_captaincy(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing, transfer = _open(request, slug)
    permissions.check_answer_captaincy(standing, transfer)
    try:
        captaincy_services.accept_captaincy(actor=request.user, transfer_id=transfer.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"You are captain of {team.name} now.")
    return redirect(team)


@login_required
@require_POST
def decline_captaincy(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing, transfer = _open(request, slug)
    permissions.check_answer_captaincy(standing, transfer)
    try:
        transfers.decline_captaincy(actor=request.user, transfer_id=transfer.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, f"{transfer.captain.display_name} stays captain.")
    return redirect(team)


@login_required
@require_POST
def cancel_captaincy(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing, transfer = _open(request, slug)
    permissions.check_offer_captaincy(standing)
    try:
        transfers.cancel_captaincy(actor=request.user, transfer_id=transfer.pk)
    except DomainError as refusal:
        show_as_message(request, refusal)
    else:
        messages.success(request, "You took the offer back.")
    return redirect("teams:manage", slug=team.slug)


def _open(request: SignedInRequest, slug: str) -> tuple[Team, Standing, CaptainTransfer]:
    team, standing = selectors.team_for(request.user, slug)
    transfer = transfer_selectors.open_transfer(team)
    if transfer is None:
        permissions.check_leave(standing)
        raise NotFound("This offer is no longer open.")
    return team, standing, transfer
