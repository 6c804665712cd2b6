"""Who may do what to an account."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from apps.accounts.models import User
from apps.core import slots
from apps.core.errors import Conflict, PermissionRefused

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_factor(user: User) -> bool:
    """Return whether a password alone doesn't log ``user`` in."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=SECOND_FACTORS).exists())


def needs_second_factor(user: User) -> bool:
    """Return whether ``user`` must set up a second factor before the admin opens."""
    return settings.ADMIN_REQUIRE_MFA and user.is_staff and not has_second_factor(user)


def deletion_blockers(user: User) -> list[str]:
    """Return what ``user`` has to settle before their account can be deleted, as sentences for them.

    Higher apps add theirs in the slot ``account_deletion_blockers``: ``(user) -> list[str]``.
    """
    blockers = []
    if user.is_superuser and not User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk).exists():
        blockers.append("You are the last superuser. Make somebody else one first.")
    for find in slots.fillings("account_deletion_blockers"):
        blockers.extend(find(user))
    return blockers


def check_delete_account(user: User) -> None:
    """Raise ``Conflict`` with everything that stands in the way."""
    blockers = deletion_blockers(user)
    if blockers:
        raise Conflict(" ".join(blockers), code="deletion_blocked")


def can_edit_account(actor: User, target: User) -> bool:
    """Return whether ``actor`` may change ``target``'s account in the admin.

    Who may change somebody's e-mail address can become them, so accounts with rights belong to superusers.
    """
    if actor.is_superuser:
        return True
    return actor.has_perm("accounts.change_user") and not target.is_staff and not target.is_superuser


def check_edit_account(actor: User, target: User) -> None:
    if not can_edit_account(actor, target):
        raise PermissionRefused("Only a superuser may change the account of staff.")
