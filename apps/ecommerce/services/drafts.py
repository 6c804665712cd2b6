"""What the checkout was told so far, kept with the cart: it survives a dead network, another device, tomorrow."""

from dataclasses import asdict, fields
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce import permissions
from apps.ecommerce.models import Cart
from apps.ecommerce.services.cart import lock_member_cart
from apps.ecommerce.services.checkout import Details, check_details, checked_quote

NAMES = tuple(field.name for field in fields(Details))


@transaction.atomic
def keep(*, actor: User, details: Details) -> None:
    """Keep the details for the review, once they can be ordered with.

    Raises:
        CartEmpty, Conflict, DomainError: As :func:`apps.ecommerce.services.checkout.place_order`; nothing is kept.
    """
    permissions.check_buy(actor)
    cart = lock_member_cart(actor)
    clean = check_details(details, checked_quote(actor=actor, cart=cart, details=details))
    Cart.objects.filter(pk=cart.pk).update(checkout=asdict(clean), updated_at=timezone.now())


def kept(cart: Cart | None) -> Details | None:
    """Return what was kept, or None."""
    told: dict[str, Any] = cart.checkout if cart else {}
    return Details(**{name: str(told.get(name, "")) for name in NAMES}) if told else None
