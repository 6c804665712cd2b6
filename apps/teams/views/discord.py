"""/teams/<slug>/manage/discord/: the Discord channels that get the team's news."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import DomainError
from apps.notifications import selectors, services
from apps.notifications.forms import PostedTypesForm, WebhookForm
from apps.notifications.models import Webhook
from apps.notifications.rendering import reference
from apps.teams import permissions
from apps.teams.models import Team
from apps.teams.permissions import Standing
from apps.teams.selectors import rosters
from apps.teams.views.frames import manage_frame
from apps.teams.views.refusals import show_as_message, show_in_form
from apps.teams.views.requests import SignedInRequest


@login_required
@require_safe
def discord(request: SignedInRequest, slug: str) -> HttpResponse:
    _, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_discord(standing)
    return _show(request, standing, WebhookForm())


@login_required
@require_POST
def add_discord(request: SignedInRequest, slug: str) -> HttpResponse:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_discord(standing)
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhook = services.add_webhook(actor=request.user, owner=reference(team), **form.cleaned_data)
        except DomainError as refusal:
            show_in_form(form, refusal)
        else:
            messages.success(request, f"{webhook.name} is connected. Send a test to see whether it arrives.")
            return redirect("teams:discord", slug=team.slug)
    return _show(request, standing, form)


@login_required
@require_POST
def test_discord(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    """Post a test now, and say plainly what Discord answered."""
    team, webhook = _one(request, slug, webhook_id)
    try:
        messages.success(request, services.test_webhook(actor=request.user, webhook_id=webhook.pk))
    except DomainError as refusal:
        show_as_message(request, refusal)
    return redirect("teams:discord", slug=team.slug)


@login_required
@require_POST
def choose_discord(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    team, webhook = _one(request, slug, webhook_id)
    form = PostedTypesForm(request.POST, webhook=webhook)
    if form.is_valid():
        services.choose_webhook_types(actor=request.user, webhook_id=webhook.pk, muted_types=form.muted())
        messages.success(request, f"Saved what goes to {webhook.name}.")
    else:
        messages.error(request, "One of these kinds of news does not exist any more. Nothing was changed.")
    return redirect("teams:discord", slug=team.slug)


@login_required
@require_POST
def remove_discord(request: SignedInRequest, slug: str, webhook_id: int) -> HttpResponse:
    team, webhook = _one(request, slug, webhook_id)
    services.remove_webhook(actor=request.user, webhook_id=webhook.pk)
    messages.success(request, f"Nothing goes to {webhook.name} any more.")
    return redirect("teams:discord", slug=team.slug)


def _one(request: SignedInRequest, slug: str, webhook_id: int) -> tuple[Team, Webhook]:
    team, standing = rosters.team_for(request.user, slug)
    permissions.check_manage_discord(standing)
    webhook = selectors.webhook_of(reference(team), webhook_id)
    if webhook is None:
        raise Http404
    return team, webhook


def _show(request: SignedInRequest, standing: Standing, form: WebhookForm) -> HttpResponse:
    channels = selectors.webhooks_of(reference(standing.team))
    context = {
        **manage_frame(standing, current="discord"),
        "form": form,
        "channels": [(row, PostedTypesForm(webhook=row.webhook)) for row in channels],
    }
    return render(request, "teams/discord.html", context, status=422 if form.errors else 200)
