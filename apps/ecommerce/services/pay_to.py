"""The shop's own numbers that buyers send money to. An open payment keeps the number that its buyer was told."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError, NotFound
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.models import PayTo
from apps.ecommerce.payments import manual_provider


@transaction.atomic
def open_number(*, actor: User, provider: str, number: str, holder: str, details: str = "") -> PayTo:
    """Have money sent to this number from now on; the one before is closed. Said twice, nothing changes.

    Raises:
        PermissionRefused: The actor may not change where money goes.
        DomainError: Something in it is not possible; ``field`` names it.
    """
    permissions.check_change_pay_to(actor)
    if manual_provider(provider) is None:
        raise DomainError("Nobody sends money by hand in this way.", field="provider")
    clean = {"number": one_line(number), "holder": one_line(holder), "details": one_line(details)}
    for name, shortest, longest in (("number", 5, 40), ("holder", 2, 80), ("details", 0, 200)):
        if not shortest <= len(clean[name]) <= longest:
            raise DomainError(f"Write {shortest} to {longest} characters here.", field=name)
    before = PayTo.objects.select_for_update().filter(provider=provider, is_active=True).first()
    if before is not None:
        if all(getattr(before, name) == value for name, value in clean.items()):
            return before
        before.is_active = False
        before.save(update_fields=["is_active"])
    opened = PayTo.objects.create(provider=provider, **clean)
    old = {"number": before.number} if before else {}
    audit.record(actor=actor, action="pay_to.opened", target=opened, old=old, new={"number": opened.number})
    return opened


@transaction.atomic
def close_number(*, actor: User, pay_to_id: int) -> None:
    """Take money here no more. New orders can't be paid in this way until another number is opened.

    Raises:
        PermissionRefused: The actor may not change where money goes.
        NotFound: There is no such number.
    """
    permissions.check_change_pay_to(actor)
    found = PayTo.objects.select_for_update().filter(pk=pay_to_id).first()
    if found is None:
        raise NotFound("There is no such number.")
    if found.is_active:
        found.is_active = False
        found.save(update_fields=["is_active"])
        audit.record(actor=actor, action="pay_to.closed", target=found, old={"number": found.number})
