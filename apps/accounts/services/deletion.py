"""Deleting an account: asked for, undone within the grace period, or carried out."""

import logging

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.constants import DELETED_USERNAME_PREFIX, DELETION_GRACE
from apps.accounts.events import AccountDeactivated, AccountPurged, AccountRestored
from apps.accounts.models import AccountDeletion, KnownDevice, OutgoingMail, User
from apps.accounts.permissions import check_delete_account
from apps.accounts.services.mails import queue_mail
from apps.accounts.services.sessions import end_all_sessions
from apps.core import audit, events, slots
from apps.core.errors import Conflict, DomainError

logger = logging.getLogger(__name__)

RESTORE_SALT = "accounts.restore"


@transaction.atomic
def request_deletion(*, actor: User) -> AccountDeletion:
    """Close the actor's account now, and delete it when the grace period is over.

    Raises:
        Conflict: Something has to be settled first, such as a team without another captain.
    """
    user = User.objects.select_for_update().get(pk=actor.pk)
    if AccountDeletion.objects.filter(user=user).exists():
        raise Conflict("This account is being deleted already.")
    check_delete_account(user)
    now = timezone.now()
    deletion = AccountDeletion.objects.create(user=user, requested_at=now, due_at=now + DELETION_GRACE)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_all_sessions(actor=user, user=user)
    audit.record(
        actor=user,
        action="account.deletion_requested",
        target=user,
        old={"is_active": True},
        new={"is_active": False, "due_at": deletion.due_at.isoformat()},
    )
    events.publish(AccountDeactivated(user_id=user.pk))
    queue_mail(
        "account/email/deletion_requested",
        to=user.email,
        context={"user": user, "due_at": deletion.due_at, "restore_url": restore_url(deletion)},
        user=user,
    )
    return deletion


def restore_url(deletion: AccountDeletion) -> str:
    """Return the address that undoes ``deletion``. It opens this one only, and until it is due."""
    token = signing.dumps([deletion.user_id, deletion.requested_at.isoformat()], salt=RESTORE_SALT)
    return f"{settings.SITE_URL}{reverse('accounts:restore_by_link', args=[token])}"


def user_id_from_restore_token(token: str) -> int | None:
    """Return whose deletion the token undoes, when it still can."""
    try:
        user_id, requested_at = signing.loads(token, salt=RESTORE_SALT, max_age=DELETION_GRACE)
    except signing.BadSignature:
        return None
    pending = AccountDeletion.objects.filter(user_id=user_id, requested_at=requested_at, purged_at=None)
    return int(user_id) if pending.exists() else None


@transaction.atomic
def restore_account(*, user_id: int) -> User:
    """Open an account again that its owner asked to delete. Who calls has made sure that it is the owner.

    Raises:
        Conflict: Nobody asked for the deletion, or it is done.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    deletion = AccountDeletion.objects.select_for_update().filter(user=user, purged_at=None).first()
    if deletion is None:
        raise Conflict("There is no deletion to undo.")
    deletion.delete()
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record(actor=user, action="account.restored", target=user, old={"is_active": False}, new={"is_active": True})
    events.publish(AccountRestored(user_id=user.pk))
    return user


@transaction.atomic
def purge_account(*, user_id: int) -> bool:
    """Delete what makes the account a person's. Return whether it was done now.

    The row stays, without a name: orders, ledger and audit keep pointing at somebody. Higher apps delete what is
    theirs in the slot ``account_purge``: ``(user) -> None``, inside this transaction.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    now = timezone.now()
    deletion = AccountDeletion.objects.select_for_update().filter(user=user, purged_at=None, due_at__lte=now).first()
    if deletion is None:
        return False
    check_delete_account(user)
    end_all_sessions(actor=None, user=user)
    address = user.email
    for purge in slots.fillings("account_purge"):
        purge(user)
    for model in (EmailAddress, Authenticator, SocialAccount, KnownDevice, OutgoingMail):
        model.objects.filter(user=user).delete()
    _make_nameless(user)
    deletion.purged_at = now
    deletion.save(update_fields=["purged_at"])
    audit.record(actor=None, action="account.purged", target=user, old={}, new={"purged_at": now.isoformat()})
    events.publish(AccountPurged(user_id=user.pk))
    queue_mail("account/email/account_deleted", to=address, context={})
    return True


def _make_nameless(user: User) -> None:
    user.username = f"{DELETED_USERNAME_PREFIX}{user.pk}"
    user.email = f"{user.username}@deleted.invalid"
    user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = user.password_changed_at = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()


def purge_due_accounts(*, limit: int = 500) -> dict[str, int]:
    """Carry out the deletions that are due, each in its own transaction, so that one refusal stops no other."""
    due = AccountDeletion.objects.filter(purged_at=None, due_at__lte=timezone.now()).order_by("due_at")
    purged = refused = 0
    for user_id in list(due.values_list("user_id", flat=True)[:limit]):
        try:
            purged += purge_account(user_id=user_id)
        except DomainError as refusal:
            refused += 1
            logger.warning("The account of user %s could not be purged: %s", user_id, refusal.code)
    return {"purged": purged, "refused": refused}
