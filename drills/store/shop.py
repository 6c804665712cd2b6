"""A shop with people in it, and what must be true of it at any moment."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from django.db.models import F, Sum

from apps.accounts.models import User
from apps.ecommerce.models import (
    Cart,
    CartItem,
    Category,
    Coupon,
    CouponUse,
    Order,
    OrderEvent,
    OrderItem,
    Payment,
    PayTo,
    Product,
    Refund,
    Reservation,
    Variant,
)
from apps.ecommerce.selectors import carts
from apps.ecommerce.services import pricing
from apps.ecommerce.services.checkout import place_order
from apps.ecommerce.services.judging import Details
from apps.economy.services import award

_serial = count(1)
HOME = {
    "name": "Rafi Islam",
    "phone": "01712345678",
    "district": "dhaka",
    "area": "Mirpur",
    "street": "House 12, Road 5",
}


def make_people(number: int, coins: int = 0) -> list[User]:
    people = []
    for _ in range(number):
        name = f"buyer{next(_serial)}"
        people.append(User.objects.create(username=name, email=f"{name}@example.com"))
        if coins:
            award(profile=people[-1].profile, amount=coins, reason="promotion", tell=False)
    return people


def make_staff() -> User:
    return User.objects.create(
        username=f"staff{next(_serial)}", email=f"s{next(_serial)}@example.com", is_staff=True, is_superuser=True
    )


def make_variant(stock: int | None, *, poisha: int | None = 50_000, coins: int | None = None) -> Variant:
    number = next(_serial)
    shelf, _ = Category.objects.get_or_create(slug="drill", defaults={"name": "Drill"})
    product = Product.objects.create(
        name=f"Thing {number}",
        slug=f"thing-{number}",
        kind="physical",
        category=shelf,
        summary="One line.",
        price_poisha=poisha,
        price_coins=coins,
        is_published=True,
        published_at="2026-11-01T00:00Z",
    )
    return Variant.objects.create(product=product, sku=f"DRILL-{number}", stock=stock)


def open_numbers() -> None:
    PayTo.objects.get_or_create(provider="bkash", is_active=True, defaults={"number": "01811000000", "holder": "Shop"})


def fill(user: User, *variants: Variant, currency: str = "taka", quantity: int = 1) -> None:
    """Put things into a cart without looking whether they are there: the race is about the checkout."""
    cart, _ = Cart.objects.get_or_create(user=user)
    CartItem.objects.bulk_create(
        CartItem(cart=cart, variant=variant, quantity=quantity, currency=currency) for variant in variants
    )


class Button:
    """Somebody's review page, with its key. ``press`` is what "Place the order" does."""

    def __init__(self, user: User, *, provider: str = "cod", coupon: str = "", seen: str = "") -> None:
        self.user, self.key = user, uuid4().hex
        self.details = Details(**HOME, provider=provider, coupon=coupon)
        self.seen = seen or self._look()

    def _look(self) -> str:
        cart = Cart.objects.get(user=self.user)
        lines = carts.lines(self.user, cart)
        return pricing.quote(
            user=self.user, lines=lines, district=self.details.district, coupon_code=self.details.coupon
        ).seen

    def press(self) -> Order:
        return place_order(actor=self.user, details=self.details, seen=self.seen, idempotency_key=self.key)


def wrong(user: User) -> Iterator[str]:
    """Yield a sentence for everything that must never be of what this person ordered."""
    for variant in Variant.objects.filter(order_items__order__user=user, stock__lt=0):
        yield f"{variant.sku} has a stock of {variant.stock}"
    for row in Reservation.objects.filter(item__order__user=user, given_back__gt=F("quantity")):
        yield f"reservation {row.pk} gave back too much"
    for order in Order.objects.filter(user=user):
        if order.status == "cancelled" and (order.owed_back_coins or order.due_poisha):
            yield f"{order.number} is cancelled and owes something"
        if not OrderItem.objects.filter(order=order).exists() or not OrderEvent.objects.filter(order=order).exists():
            yield f"{order.number} is half there"
        if order.status == "confirmed" and order.provider != "cod" and order.due_poisha:
            yield f"{order.number} is confirmed and not paid"
        paid = Payment.objects.filter(order=order, state="verified").aggregate(
            poisha=Sum("amount_poisha"), coins=Sum("amount_coins")
        )
        if (paid["poisha"] or 0, paid["coins"] or 0) != (order.paid_poisha, order.paid_coins):
            yield f"{order.number} says other payments than it has"
        back = Refund.objects.filter(order=order).aggregate(poisha=Sum("amount_poisha"), coins=Sum("amount_coins"))
        if (back["poisha"] or 0, back["coins"] or 0) != (order.refunded_poisha, order.refunded_coins):
            yield f"{order.number} says other refunds than it has"
    for coupon in Coupon.objects.filter(uses__user=user):
        if coupon.used != CouponUse.objects.filter(coupon=coupon, given_back_at=None).count():
            yield f"{coupon.code} counts other uses than it has"
