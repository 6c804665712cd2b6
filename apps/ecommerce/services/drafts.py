"""What the checkout was told so far, kept with the cart: it survives a dead network, another device, tomorrow."""

from dataclasses import asdict, fields
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce import permissions
from apps.ecommerce.models import Cart
from apps.ecommerce.services import judging
from apps.ecommerce.services.cart import lock_member_cart
from apps.ecommerce.services.judging import Details

NAMES = tuple(field.name for field in fields(Details))


def keep(*, actor: User, details: Details) -> None:
    """Keep the details for the review, once nothing of what was typed is wrong: also when the cart has to be changed
    first, so that nobody types them twice.

    Raises:
        DomainError: As :func:`apps.ecommerce.services.judging.check`.
    """
    permissions.check_buy(actor)
    with transaction.atomic():
        cart = lock_member_cart(actor)
        judged = judging.judge(actor=actor, cart=cart, details=details)
        if judged.details_are_right:
            Cart.objects.filter(pk=cart.pk).update(checkout=asdict(judged.details), updated_at=timezone.now())
    judged.wrong.raise_any()  # outside: what was kept stays


def kept(cart: Cart | None) -> Details | None:
    """Return what was kept, or None."""
    told: dict[str, Any] = cart.checkout if cart else {}
    return Details(**{name: str(told.get(name, "")) for name in NAMES}) if told else None
