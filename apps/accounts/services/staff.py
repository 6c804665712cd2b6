"""What staff change about somebody's account."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import check_edit_account
from apps.accounts.services.mails import queue_mail
from apps.accounts.services.sessions import end_all_sessions
from apps.core import audit
from apps.core.errors import PermissionRefused

# Shown in the audit with their values. Of the others it says only that they changed: they name the person.
_OPEN_FIELDS = ("is_active", "is_staff", "is_superuser")


@transaction.atomic
def save_account(*, actor: User, user: User, changed: set[str] | None) -> User:
    """Save an account that staff edited or, with ``changed`` None, made.

    Raises:
        PermissionRefused: The account belongs to staff and the actor is no superuser.
    """
    if changed is None:
        user.save()
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
        audit.record(actor=actor, action="account.created_by_staff", target=user, old={}, new={})
        return user
    before = User.objects.select_for_update().get(pk=user.pk)
    check_edit_account(actor, before)
    if not actor.is_superuser:
        user.is_staff, user.is_superuser = before.is_staff, before.is_superuser
    user.save()
    if before.email.lower() != user.email.lower():
        # Staff vouch for the new one, and the old one hears of it.
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
        queue_mail("account/email/email_changed_by_staff", to=before.email, context={"user": user}, user=user)
    if not user.is_active and before.is_active:
        end_all_sessions(actor=actor, user=user)
    old: dict[str, Any] = {field: getattr(before, field) for field in _OPEN_FIELDS if field in changed}
    new: dict[str, Any] = {field: getattr(user, field) for field in _OPEN_FIELDS if field in changed}
    if hidden := sorted(changed - set(_OPEN_FIELDS) - {"groups", "user_permissions"}):
        new["changed"] = hidden
    if new:
        audit.record(actor=actor, action="account.changed_by_staff", target=user, old=old, new=new)
    return user


@transaction.atomic
def note_new_password(*, actor: User, user: User) -> None:
    """Do what belongs to a password that the admin's form has just set: date, audit, a mail to the person."""
    check_edit_account(actor, user)
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password_changed_at"])
    end_all_sessions(actor=actor, user=user)
    audit.record(actor=actor, action="account.password_set_by_staff", target=user, old={}, new={})
    queue_mail("account/email/password_set_by_staff", to=user.email, context={"user": user}, user=user)


@transaction.atomic
def set_rights(*, actor: User, user: User, save: Callable[[], None]) -> None:
    """Run ``save``, which may change groups and permissions, and audit what it changed.

    Raises:
        PermissionRefused: Rights changed and the actor is no superuser. Nothing is saved then.
    """
    before = _rights(user)
    save()
    after = _rights(user)
    if before == after:
        return
    if not actor.is_superuser:
        raise PermissionRefused("Only a superuser gives and takes rights.")
    audit.record(actor=actor, action="account.rights_changed", target=user, old=before, new=after)


def _rights(user: User) -> dict[str, list[str]]:
    return {
        "groups": sorted(user.groups.values_list("name", flat=True)),
        "permissions": sorted(user.user_permissions.values_list("codename", flat=True)),
    }


@transaction.atomic
def remove_second_factors(*, actor: User, user: User) -> int:
    """Take the second factors from an account whose owner lost them. Return how many there were.

    Only for superusers: it turns an account with two locks into one with a password.
    """
    if not actor.is_superuser:
        raise PermissionRefused("Only a superuser may remove somebody's second factor.")
    factors = Authenticator.objects.select_for_update().filter(user=user).order_by("pk")
    types = list(factors.values_list("type", flat=True))
    if not types:
        return 0
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(actor=actor, user=user)
    audit.record(actor=actor, action="account.second_factors_removed", target=user, old={"types": types}, new={})
    queue_mail("account/email/second_factors_removed", to=user.email, context={"user": user}, user=user)
    return len(types)
