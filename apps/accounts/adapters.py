"""Where allauth asks us: mails through jobs, secrets sealed, who may not come in."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from apps.accounts.models import AccountDeletion, User
from apps.accounts.sealing import Unreadable, seal, unseal
from apps.accounts.selectors import describe_browser
from apps.accounts.services.mails import queue_mail

RESTORABLE_SESSION_KEY = "accounts_restorable_user"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts as allauth should treat them here."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "Username or password is wrong.",
        "email_password_mismatch": "E-mail or password is wrong.",
        "too_many_login_attempts": "Too many attempts. Please wait five minutes, or set a new password.",
        "incorrect_password": "This password is wrong.",
        "enter_current_password": "This is not your current password.",
        "duplicate_email": "This is your address already.",
        "username_taken": "This username is taken.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Leave the sending to a job, which is stored with what the mail tells of."""
        user = context.get("user") or User.objects.filter(email=email.lower()).first()
        queue_mail(template_prefix, to=email, context=context, user=user)

    def send_notification_mail(self, template_prefix: str, user: Any, context: Any = None, email: Any = None) -> None:
        """Tell ``user`` of a change, with their name in the mail."""
        super().send_notification_mail(template_prefix, user, {"user": user, **(context or {})}, email)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's address.

        A request with fewer addresses in X-Forwarded-For than there are proxies did not come through them: a health
        check, or somebody inside. It counts for the address that it came from.
        """
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - an address to count by, not to bind

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address, unless another account holds it: that one was first, confirmed or not."""
        holders = User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id)
        try:
            with transaction.atomic():
                if not holders.exists():
                    return bool(super().confirm_email(request, email_address))
        except IntegrityError:
            # Somebody signed up with it in this very moment.
            email_address.refresh_from_db()
        self.add_message(
            request, messages.ERROR, "account/messages/email_confirmation_failed.txt", {"email": email_address.email}
        )
        return False

    def set_password(self, user: User, password: str) -> None:
        user.password_changed_at = timezone.now()
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(redirect("accounts:security").url)

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Offer the account back to someone who asked to delete it and can still log in."""
        if AccountDeletion.objects.filter(user=user, purged_at=None).exists():
            request.session[RESTORABLE_SESSION_KEY] = user.pk
            return redirect("accounts:restore")
        return super().respond_user_inactive(request, user)

    def generate_unique_username(self, txts: list[str | None], regex: str | None = None) -> str:
        """Suggest a username that our rules allow; allauth's own may be reserved or too short."""
        suggestion = str(super().generate_unique_username(txts, r"[^A-Za-z0-9_]"))
        try:
            return str(self.clean_username(suggestion))
        except ValidationError:
            return f"player_{secrets.token_hex(4)}"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Login with other services."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Return the services whose keys the environment gives. Keys in the database don't count."""
        return [app for app in super().list_apps(request, provider, client_id) if app.pk is None]

    def get_app(self, request: HttpRequest, provider: Any, client_id: Any = None) -> SocialApp:
        """Return the service's keys. A service without keys does not exist here."""
        try:
            return super().get_app(request, provider, client_id)
        except SocialApp.DoesNotExist:
            raise Http404 from None


class MFAAdapter(DefaultMFAAdapter):
    """Second factors, whose secrets are sealed in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is wrong or was used already. Wait for the next one and try again.",
    }

    def encrypt(self, text: str) -> str:
        return seal(text, purpose="second factor")

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret. One that can't be opened becomes a random one, by which no code is right."""
        try:
            return unseal(encrypted_text, purpose="second factor")
        except Unreadable:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def _get_site_name(self) -> str:
        return str(settings.SITE_NAME)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """Name a new passkey after the device that makes it, as far as the browser tells."""
        request = allauth_context.request
        return describe_browser(request.META.get("HTTP_USER_AGENT", "")) if request else "Passkey"
