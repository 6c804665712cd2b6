"""Letting go of addresses and names that nobody proved to be theirs."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.accounts.constants import UNVERIFIED_ACCOUNT_LIFETIME
from apps.accounts.models import User
from apps.core import audit


@transaction.atomic
def release_email(*, email: str) -> int:
    """Forget changes to ``email`` that others began and never confirmed. Return how many.

    Otherwise anyone could keep the owner of an address from signing up by "changing" to it.
    """
    pending = EmailAddress.objects.filter(email=email.lower(), verified=False).exclude(user__email__iexact=email)
    return int(pending.delete()[0])


def delete_unverified_accounts(*, now: datetime | None = None, limit: int = 500) -> int:
    """Delete accounts that signed up, never confirmed the address and never logged in. Return how many."""
    now = now or timezone.now()
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    candidates = (
        User.objects.filter(
            Exists(addresses),
            ~Exists(addresses.filter(verified=True)),
            date_joined__lt=now - UNVERIFIED_ACCOUNT_LIFETIME,
            last_login=None,
            is_staff=False,
            is_superuser=False,
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
    deleted = 0
    for pk in list(candidates):
        with transaction.atomic():
            # Once more under the lock: they may have confirmed in this moment.
            user = User.objects.select_for_update().filter(pk=pk, last_login=None).first()
            if user is None or EmailAddress.objects.filter(user=user, verified=True).exists():
                continue
            audit.record(actor=None, action="account.never_verified", target=user, old={}, new={})
            user.delete()
            deleted += 1
    return deleted
