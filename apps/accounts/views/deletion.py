"""Leaving, and coming back in time."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.accounts.adapters import RESTORABLE_SESSION_KEY
from apps.accounts.constants import DELETION_GRACE
from apps.accounts.forms import DeleteAccountForm
from apps.accounts.models import AccountDeletion
from apps.accounts.permissions import deletion_blockers
from apps.accounts.services import deletion as services
from apps.accounts.views.requests import PersonRequest
from apps.core.errors import Conflict


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
def delete_account(request: PersonRequest) -> HttpResponse:
    """Close the account now, and delete it after the grace period."""
    form = DeleteAccountForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            deletion = services.request_deletion(actor=request.user)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            logout(request)
            messages.success(
                request,
                f"Your account is closed and will be deleted on {deletion.due_at:%-d %B %Y}. "
                "Log in before then, or use the link in our mail, if you change your mind.",
            )
            return redirect("account_login")
    context = {"form": form, "blockers": deletion_blockers(request.user), "grace_days": DELETION_GRACE.days}
    return render(request, "accounts/delete_account.html", context, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest) -> HttpResponse:
    """Offer the account back to who just gave its password."""
    user_id = request.session.get(RESTORABLE_SESSION_KEY)
    if user_id is None:
        return redirect("account_login")
    return _restore(request, user_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def restore_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Offer the account back to who has the link of our mail. It takes a button: mail scanners follow links."""
    user_id = services.user_id_from_restore_token(token)
    if user_id is None:
        return render(request, "accounts/restore_expired.html", status=410)
    return _restore(request, user_id)


def _restore(request: HttpRequest, user_id: int) -> HttpResponse:
    if request.method == "POST":
        request.session.pop(RESTORABLE_SESSION_KEY, None)
        try:
            with transaction.atomic():
                services.restore_account(user_id=user_id)
        except Conflict as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, "Welcome back. Your account is open again: please log in.")
        return redirect("account_login")
    deletion = get_object_or_404(AccountDeletion, user_id=user_id, purged_at=None)
    return render(request, "accounts/restore.html", {"deletion": deletion, "username": deletion.user.username})
