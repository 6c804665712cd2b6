"""A person's own Discord channel: enter it, test it, take it away."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import DomainError
from apps.notifications import permissions, services
from apps.notifications.forms import PersonalWebhookForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discord(request: HttpRequest) -> HttpResponse:
    form = PersonalWebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_personal_webhook(actor=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Saved. Send a test to see whether it arrives.")
            return redirect("notifications:discord")
    words = {"form": form, "webhook": permissions.own_webhooks(request.user).first()}
    return render(request, "notifications/discord.html", words, status=422 if form.errors else 200)


@login_required
@require_POST
def test_discord(request: HttpRequest) -> HttpResponse:
    """Post a test now, and say plainly what Discord answered."""
    webhook = permissions.own_webhooks(request.user).first()
    if webhook is not None:
        try:
            messages.success(request, services.test_webhook(actor=request.user, webhook_id=webhook.pk))
        except DomainError as refusal:
            messages.error(request, refusal.message)
    return redirect("notifications:discord")


@login_required
@require_POST
def remove_discord(request: HttpRequest) -> HttpResponse:
    webhook = permissions.own_webhooks(request.user).first()
    if webhook is not None:
        services.remove_webhook(actor=request.user, webhook_id=webhook.pk)
        messages.success(request, "Nothing goes to that Discord channel any more.")
    return redirect("notifications:discord")
