"""The page where people say how they want to be told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import RateLimited
from apps.notifications import registry, services
from apps.notifications.forms import PreferencesForm
from apps.notifications.models import NotificationPreference


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    choices = NotificationPreference.get_or_create_for_user(request.user)
    if request.method == "POST":
        form = PreferencesForm(request.POST)
        if form.is_valid():
            services.set_email_opt_out(actor=request.user, opt_out=not form.cleaned_data["email"])
            messages.success(request, "Saved.")
            return redirect("notifications:preferences")
    else:
        form = PreferencesForm(initial={"email": not choices.opt_out_email})
    return render(request, "notifications/preferences.html", {"form": form, "types": registry.all_types()})


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
