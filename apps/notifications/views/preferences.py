"""The page where people say how they want to be told: logged in, or by the signed link in a mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import DomainError, RateLimited
from apps.notifications import permissions, selectors, services, unsubscribing
from apps.notifications.forms import PreferencesForm
from apps.notifications.models import NotificationPreference


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    return _preferences(request, request.user, by_link=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The link is the permission, for these choices and nothing else. Too old or forged, it leads to the login."""
    user_id = unsubscribing.read_preferences(token)
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first() if user_id else None
    if user is None:
        return redirect("notifications:preferences")
    answer = _preferences(request, user, by_link=True)
    answer["Referrer-Policy"] = "no-referrer"  # the address is the permission
    return answer


def _preferences(request: HttpRequest, user: Any, *, by_link: bool) -> HttpResponse:
    preference = NotificationPreference.objects.filter(user=user).first() or NotificationPreference(user=user)
    form = PreferencesForm(request.POST if request.method == "POST" else None, preference=preference)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_preferences(actor=user, **form.wishes())
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "Saved.")
            return redirect(request.path)
    words = {"form": form, "person": user, "by_link": by_link}
    if not by_link:
        words["bounced"] = selectors.bounced_address(user)
        words["webhook"] = permissions.own_webhooks(user).first()
    return render(request, "notifications/preferences.html", words)


@login_required
@require_POST
def clear_bounce(request: HttpRequest) -> HttpResponse:
    """The person says that their address works again."""
    try:
        services.clear_own_address(actor=request.user)
    except RateLimited as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "We mail you again. Send yourself a test to see whether it arrives.")
    return redirect("notifications:preferences")


@login_required
@require_POST
def send_test(request: HttpRequest) -> HttpResponse:
    """Tell the person something harmless, so that they see where news arrives."""
    try:
        services.send_test(actor=request.user)
    except RateLimited as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Sent. Look at the bell, and at your e-mail if you want mails.")
    return redirect("notifications:preferences")
