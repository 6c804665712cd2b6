"""From a cart to an order: whole, or not at all."""

import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.errors import Conflict, DomainError
from apps.corelib import bangladesh
from apps.corelib.figures import coins, taka
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.constants import OPEN_ORDERS, ORDER_ALPHABET, Provider, Status
from apps.ecommerce.errors import CartEmpty, OrderKeyReused, PriceChanged, TooManyOpen
from apps.ecommerce.events import OrderPlaced
from apps.ecommerce.models import Cart, Order, OrderItem, PayTo
from apps.ecommerce.payments import PROVIDERS, Due
from apps.ecommerce.selectors import carts
from apps.ecommerce.services import addresses, coupons, pricing, recording, settling, stock
from apps.ecommerce.services.cart import forget_count, lock_member_cart
from apps.ecommerce.services.pricing import Quote
from apps.economy.models.chain import content_hash

NOTHING = "Nothing was ordered or charged."


@dataclass(frozen=True)
class Details:
    """What the checkout asks for, as typed. Without a parcel only name and phone count."""

    name: str = ""
    phone: str = ""
    district: str = ""
    area: str = ""
    street: str = ""
    postcode: str = ""
    note: str = ""
    provider: str = ""
    coupon: str = ""


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
    """
    permissions.check_buy(actor)
    _check_key(idempotency_key)
    fingerprint = content_hash(*asdict(details).values(), seen)
    cart = lock_member_cart(actor)
    if before := _answered_before(actor, idempotency_key, fingerprint):
        return before
    quote = checked_quote(actor=actor, cart=cart, details=details)
    _check_open_orders(actor)
    clean = check_details(details, quote)
    if quote.seen != seen:
        raise PriceChanged(f"The sum is {quote.words} now, other than what you saw. {NOTHING} Look at it again.")
    order = _create(actor, clean, quote, key=idempotency_key, fingerprint=fingerprint)
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


def checked_quote(*, actor: User, cart: Cart, details: Details) -> Quote:
    """Compute what the cart costs now, and refuse what can't be ordered as it is.

    Raises:
        CartEmpty, Conflict: Nothing there, or something that can't be had.
        DomainError: The coupon can't be used, or we don't send there.
    """
    lines = carts.lines(actor, cart)
    if not lines:
        raise CartEmpty("Your cart is empty. If you ordered in another window, the order is in your list.")
    for line in lines:
        if line.problem:
            raise Conflict(f"{line.variant.product.name}, {line.variant.label}: {line.problem} {NOTHING}", field="cart")
    place = bangladesh.find_district(details.district)
    quote = pricing.quote(
        user=actor, lines=lines, district=place.code if place else details.district, coupon_code=details.coupon
    )
    if quote.coupon_refusal:
        raise DomainError(quote.coupon_refusal, field="coupon")
    return quote


def check_details(details: Details, quote: Quote) -> Details:
    """Return the details as they are kept.

    Raises:
        DomainError: Something is missing or not possible; ``field`` names it.
    """
    note = one_line(details.note)
    if len(note) > 300:
        raise DomainError(f"A note has at most 300 characters; yours has {len(note)}.", field="note")
    if quote.needs_shipping:
        sent_to = addresses.check_address(
            name=details.name,
            phone=details.phone,
            district=details.district,
            area=details.area,
            street=details.street,
            postcode=details.postcode,
        )
        clean = Details(**sent_to, note=note, coupon=quote.coupon_code)
    else:
        name = addresses.receiver(details.name)
        clean = Details(name=name, phone=addresses.mobile(details.phone), note=note, coupon=quote.coupon_code)
    return replace(clean, provider=_check_provider(details.provider, quote))


def due_of(quote: Quote) -> Due:
    """Return what the providers are asked about."""
    open_numbers = PayTo.objects.filter(is_active=True).values_list("provider", flat=True)
    return Due(poisha=quote.total_poisha, needs_shipping=quote.needs_shipping, pay_to=frozenset(open_numbers))


def _check_provider(code: str, quote: Quote) -> str:
    if not quote.total_poisha:
        return Provider.COINS.value
    provider = PROVIDERS.get(code)
    if provider is None or provider.code == Provider.COINS:
        raise DomainError("Choose how you pay, such as bKash or cash on delivery.", field="provider")
    if refusal := provider.refusal(due_of(quote)):
        raise DomainError(refusal, field="provider")
    return provider.code.value


def _check_key(key: str) -> None:
    if not 16 <= len(key) <= 64 or not key.isprintable():
        raise DomainError("This page is damaged. Reload it and try again.", field="idempotency_key")


def _check_open_orders(actor: User) -> None:
    """Keep one person from holding the stock of all. Their cart is locked, so orders of theirs don't race here."""
    if Order.objects.filter(user=actor, status=Status.PENDING).count() >= OPEN_ORDERS:
        raise TooManyOpen(f"You have {OPEN_ORDERS} orders that wait. Pay or cancel one first. {NOTHING}")


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
