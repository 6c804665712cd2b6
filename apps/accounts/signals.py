"""Glue to allauth: what it reports becomes audit rows, events and alerts."""

import time
from typing import Any

from allauth.account import signals as account_signals
from allauth.account.adapter import get_adapter
from allauth.mfa import signals as mfa_signals
from allauth.socialaccount import signals as social_signals
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from apps.accounts.constants import DEVICE_COOKIE
from apps.accounts.events import EmailVerified
from apps.accounts.middleware import NEW_DEVICE_ATTRIBUTE, SEEN_KEY
from apps.accounts.models import User
from apps.accounts.services.devices import recognise_device
from apps.core import audit, events


@receiver(account_signals.user_signed_up)
def on_signed_up(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _record(user, "account.created")


@receiver(account_signals.email_confirmed)
@transaction.atomic
def on_email_confirmed(email_address: Any, **kwargs: Any) -> None:
    _record(email_address.user, "account.email_confirmed")
    events.publish(EmailVerified(user_id=email_address.user_id))


@receiver(account_signals.email_changed)
def on_email_changed(user: User, **kwargs: Any) -> None:
    # No address: the audit outlives the account, and the person may ask us to forget them.
    _record(user, "account.email_changed")


@receiver(account_signals.password_changed)
@receiver(account_signals.password_set)
def on_password_changed(user: User, **kwargs: Any) -> None:
    _record(user, "account.password_changed")


@receiver(account_signals.password_reset)
def on_password_reset(user: User, **kwargs: Any) -> None:
    _record(user, "account.password_reset")


@receiver(mfa_signals.authenticator_added)
def on_authenticator_added(user: User, authenticator: Any, **kwargs: Any) -> None:
    _record(user, "account.second_factor_added", new={"type": authenticator.type})


@receiver(mfa_signals.authenticator_removed)
def on_authenticator_removed(user: User, authenticator: Any, **kwargs: Any) -> None:
    _record(user, "account.second_factor_removed", old={"type": authenticator.type})


@receiver(mfa_signals.authenticator_reset)
def on_recovery_codes_replaced(user: User, authenticator: Any, **kwargs: Any) -> None:
    _record(user, "account.recovery_codes_replaced", new={"type": authenticator.type})


@receiver(social_signals.social_account_added)
def on_social_account_added(sociallogin: Any, **kwargs: Any) -> None:
    _record(sociallogin.user, "account.social_login_added", new={"provider": sociallogin.account.provider})


@receiver(social_signals.social_account_removed)
def on_social_account_removed(socialaccount: Any, **kwargs: Any) -> None:
    _record(socialaccount.user, "account.social_login_removed", old={"provider": socialaccount.provider})


@receiver(account_signals.user_logged_in)
def on_logged_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Start the session's clock, and tell the person when the browser is a new one."""
    request.session[SEEN_KEY] = time.time()
    with transaction.atomic():
        known = request.COOKIES.get(DEVICE_COOKIE, "")
        token, tell = recognise_device(user=user, token=known)
        if tell:
            get_adapter().send_notification_mail("account/email/new_sign_in", user)
    if token != known:
        setattr(request, NEW_DEVICE_ATTRIBUTE, token)


@transaction.atomic
def _record(user: User, action: str, *, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None) -> None:
    audit.record(actor=user, action=action, target=user, old=old or {}, new=new or {})
