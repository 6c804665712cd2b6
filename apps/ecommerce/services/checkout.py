"""From a cart to an order: whole, or not at all."""

import secrets
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.errors import DomainError
from apps.corelib import bangladesh
from apps.corelib.figures import coins, taka
from apps.ecommerce import permissions
from apps.ecommerce.constants import ORDER_ALPHABET, Provider, Status
from apps.ecommerce.errors import OrderKeyReused, PriceChanged
from apps.ecommerce.events import OrderPlaced
from apps.ecommerce.models import Order, OrderItem
from apps.ecommerce.payments import PROVIDERS
from apps.ecommerce.services import coupons, judging, recording, settling, stock
from apps.ecommerce.services.cart import forget_count, lock_member_cart
from apps.ecommerce.services.judging import NOTHING, Details
from apps.ecommerce.services.pricing import Quote
from apps.economy.models.chain import content_hash


@transaction.atomic
def place_order(*, actor: User, details: Details, seen: str, idempotency_key: str) -> Order:
    """Order what is in the actor's cart.

    Args:
        details: Where it goes and how it is paid.
        seen: ``Quote.seen`` of what the buyer was shown.
        idempotency_key: Made with the page. The same key and content give the first answer; so a double click, a lost
            answer or the back button make no second order.

    Raises:
        PermissionRefused: Nobody is logged in.
        OrderKeyReused: The key belongs to an order with other content.
        CartEmpty: There is nothing in it, as when another tab ordered it.
        TooManyOpen: Ten orders of theirs wait for payment or confirmation.
        PriceChanged: The sum is not what was seen; the sentence names both.
        SoldOut: Something is gone meanwhile.
        NotEnoughCoins: The wallet has less than the coins of the order.
        DomainError: A detail is not possible; ``field`` names it.
        SeveralRefusals: More than one of them; ``by_field`` says what at which field.
    """
    permissions.check_buy(actor)
    _check_key(idempotency_key)
    fingerprint = content_hash(*asdict(details).values(), seen)
    cart = lock_member_cart(actor)
    if before := _answered_before(actor, idempotency_key, fingerprint):
        return before
    judged = judging.check(actor=actor, cart=cart, details=details)
    quote = judged.quote
    if quote.seen != seen:
        raise PriceChanged(f"The sum is {quote.words} now, other than what you saw. {NOTHING} Look at it again.")
    order = _create(actor, judged.details, quote, key=idempotency_key, fingerprint=fingerprint)
    stock.reserve(_add_items(order, quote))
    if quote.coupon_code:
        coupons.claim(order=order, code=quote.coupon_code, actor=actor)
    cart.items.all().delete()  # the details stay: they begin the next checkout
    forget_count(cart)
    recording.write_down(order, actor=actor, what="Order placed", before="")
    audit.record(
        actor=actor,
        action="order.placed",
        target=order,
        new={"total_poisha": order.total_poisha, "total_coins": order.total_coins, "provider": order.provider},
    )
    events.publish(OrderPlaced(order_id=order.pk))
    recording.tell(
        order, "ecommerce.order_placed", fingerprint=f"order:{order.pk}:placed", sum=quote.words, next=_next_step(order)
    )
    # Last: the wallet is locked by it, and everything else has been done.
    settling.take_coins(order, actor=actor)
    settling.open_attempt(order)
    if not order.due_poisha:
        settling.confirm_paid(order, actor=actor)
    return order


def _check_key(key: str) -> None:
    if not 16 <= len(key) <= 64 or not key.isprintable():
        raise DomainError("This page is damaged. Reload it and try again.", field="idempotency_key")


def _answered_before(actor: User, key: str, fingerprint: str) -> Order | None:
    before = Order.objects.filter(user=actor, idempotency_key=key).first()
    if before is not None and before.fingerprint != fingerprint:
        raise OrderKeyReused(
            f"This page placed order {before.number} already, with other details. Look at that order first."
        )
    return before


def _create(actor: User, clean: Details, quote: Quote, *, key: str, fingerprint: str) -> Order:
    division = bangladesh.division_of(clean.district)
    return Order.objects.create(
        number=_free_number(),
        user=actor,
        status=Status.PENDING,
        provider=clean.provider,
        contact_name=clean.name,
        phone=clean.phone,
        email=actor.email,
        division=division.code if division else "",
        district=clean.district,
        area=clean.area,
        street=clean.street,
        postcode=clean.postcode,
        note=clean.note,
        needs_shipping=quote.needs_shipping,
        subtotal_poisha=quote.subtotal_poisha,
        discount_poisha=quote.discount_poisha,
        shipping_poisha=quote.shipping_poisha or 0,
        total_poisha=quote.total_poisha,
        vat_poisha=quote.vat_poisha,
        total_coins=quote.total_coins,
        coupon_code=quote.coupon_code,
        idempotency_key=key,
        fingerprint=fingerprint,
        expires_at=_expires_at(clean.provider),
    )


def _expires_at(provider: str) -> datetime | None:
    within = PROVIDERS[provider].pays_within
    return timezone.now() + within if within else None


def _add_items(order: Order, quote: Quote) -> list[OrderItem]:
    return OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            variant=line.variant,
            product=line.variant.product,
            name=line.variant.product.name,
            label=line.variant.label,
            sku=line.variant.sku,
            kind=line.variant.product.kind,
            currency=line.currency,
            unit_price=line.unit_price,
            quantity=line.quantity,
            discount_poisha=discount,
        )
        for line, discount in zip(quote.lines, quote.discounts, strict=True)
    )


def _free_number() -> str:
    """Return a number that no order has. Of 729 million, so that two at once draw the same one practically never."""
    while True:
        drawn = "".join(secrets.choice(ORDER_ALPHABET) for _ in range(6))
        number = f"DC-{drawn[:4]}-{drawn[4:]}"
        if not Order.objects.filter(number=number).exists():
            return number


def _next_step(order: Order) -> str:
    """Say in the mail what happens now."""
    due = taka(order.total_poisha // 100) if order.total_poisha % 100 == 0 else taka(f"{order.total_poisha / 100:.2f}")
    if not order.total_poisha and not order.total_coins:
        return "There is nothing to pay. We pack it now."
    if order.provider == Provider.COINS:
        return f"{coins(order.total_coins)} were taken from your wallet. We pack it now."
    if order.provider == Provider.COD:
        return f"We ring you before we send it. Have {due} ready for the courier."
    return f"Pay {due} by {order.get_provider_display()}: the order's page says how, and until when it is kept for you."
