"""Five weeks of orders that are over, so that figures, points and reviews have a past.

Written as rows, as ``scale.py`` does: services act now and know no other clock. What follows from an order, its points,
comes from the service.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.ecommerce.constants import ORDER_ALPHABET, Currency, Kind, Provider, Status
from apps.ecommerce.models import Order, OrderEvent, OrderItem, Payment, Refund, Variant
from apps.ecommerce.services import loyalty, pricing

KEY = "demo-past-"
# Who bought what. Each line is one order; the first is the longest ago.
BOUGHT = (
    "rafi:Sundarban headset",
    "mim:Season 3 jersey",
    "tanvir:Padma mouse",
    "sakib:Meghna keycaps",
    "jerin:River delta mouse pad",
    "rafi:Padma mouse",
    "ayesha:Tea stall mug",
    "arif:Free Fire diamonds",
    "fahim:Season 3 jersey",
    "nusrat:Crown hoodie",
    "shuvo:Thumb sleeves",
    "priya:PUBG Mobile UC",
    "imran:Rickshaw art cap",
    "mim:Meghna keycaps",
    "tasnia:Season 3 jersey",
    "rakib:Free Fire diamonds",
    "tanvir:Tea stall mug",
    "sakib:Padma mouse",
    "rafi:Meghna keycaps",
    "sumaiya:Sticker sheet",
    "zayan:Thumb sleeves",
    "maliha:Crown hoodie",
    "ovi:Season 3 jersey",
    "ritu:Rickshaw art cap",
    "arif:Padma mouse",
    "fahim:Tea stall mug",
    "nusrat:Mobile Legends diamonds",
    "mim:Dhaka Wolves away jersey",
    "jerin:Season 3 jersey",
    "ayesha:Thumb sleeves",
    "imran:River delta mouse pad",
    "tasnia:Free Fire diamonds",
    "rafi:River delta mouse pad",
    "shuvo:Season 3 jersey",
    "priya:Tea stall mug",
    "zayan:Crown hoodie",
)
PAID_BY = (Provider.BKASH, Provider.COD, Provider.NAGAD, Provider.BKASH, Provider.ROCKET, Provider.COD)
CAME_BACK = (9, 16, 27)  # places in BOUGHT
DAYS = 35
PLACE = ("Made up for the demo", "+8801700000000", "dhaka", "dhaka", "Mirpur", "House 1, Road 1")


@dataclass(frozen=True)
class _Past:
    """One order that is over."""

    place: int
    buyer: User
    variant: Variant

    @property
    def days_ago(self) -> int:
        """From 35 days ago to four, more of them lately."""
        return 4 + round((DAYS - 4) * (1 - self.place / len(BOUGHT)) ** 1.3)

    @property
    def provider(self) -> Provider:
        digital = self.variant.product.kind != Kind.PHYSICAL
        return Provider.BKASH if digital else PAID_BY[self.place % len(PAID_BY)]

    @property
    def price(self) -> int:
        return self.variant.price_poisha or self.variant.product.price_poisha or 0

    @property
    def came_back(self) -> bool:
        return self.place in CAME_BACK

    @property
    def status(self) -> Status:
        if self.came_back:
            return Status.REFUNDED
        return Status.COMPLETED if self.days_ago > 6 else Status.DELIVERED


@transaction.atomic
def load() -> str:
    """Write them once."""
    people = {user.username: user for user in User.objects.filter(is_active=True).select_related("profile")}
    nadia = people.get("nadia")
    if nadia is None or not Variant.objects.exists() or Order.objects.filter(idempotency_key__startswith=KEY).exists():
        return "nothing new"
    pasts = [
        _Past(place, people[name], variant)
        for place, (name, _, product) in enumerate(line.partition(":") for line in BOUGHT)
        if name in people and (variant := _variant(product)) is not None
    ]
    orders = Order.objects.bulk_create(_order(past) for past in pasts)
    items = OrderItem.objects.bulk_create(_item(past, order) for past, order in zip(pasts, orders, strict=True))
    Payment.objects.bulk_create(_payment(past, order, nadia) for past, order in zip(pasts, orders, strict=True))
    Refund.objects.bulk_create(
        _refund(past, order, nadia) for past, order in zip(pasts, orders, strict=True) if past.came_back
    )
    OrderEvent.objects.bulk_create(
        event for past, order in zip(pasts, orders, strict=True) for event in _events(past, order, nadia)
    )
    for order in orders:
        loyalty.on_completed(order)
    return f"{len(items)} orders of the last weeks"


def _variant(product: str) -> Variant | None:
    return Variant.objects.filter(product__name=product).select_related("product").order_by("position", "pk").first()


def _order(past: _Past) -> Order:
    name, phone, division, district, area, street = PLACE
    is_sent = past.variant.product.kind == Kind.PHYSICAL
    shipping = 6_000 if is_sent else 0
    total = past.price + shipping
    begun = timezone.now() - timedelta(days=past.days_ago)
    return Order(
        number=_number(past.place),
        user=past.buyer,
        status=past.status,
        provider=past.provider,
        contact_name=past.buyer.get_full_name() or name,
        phone=phone,
        email=past.buyer.email,
        division=division if is_sent else "",
        district=district if is_sent else "",
        area=area if is_sent else "",
        street=street if is_sent else "",
        needs_shipping=is_sent,
        subtotal_poisha=past.price,
        shipping_poisha=shipping,
        total_poisha=total,
        vat_poisha=pricing.vat_in(total),
        paid_poisha=total,
        waived_poisha=past.price if past.came_back else 0,
        refunded_poisha=past.price if past.came_back else 0,
        courier="Sundarban Courier" if is_sent else "",
        idempotency_key=f"{KEY}{past.place:06}",
        fingerprint="demo",
        created_at=begun,
    )


def _number(place: int) -> str:
    """Return a number like those of the checkout, the same each time."""
    signs = [ORDER_ALPHABET[(place * step + place // 31) % len(ORDER_ALPHABET)] for step in (1, 5, 7, 11, 13)]
    return f"DC-P{''.join(signs[:3])}-{''.join(signs[3:])}"


def _item(past: _Past, order: Order) -> OrderItem:
    product = past.variant.product
    return OrderItem(
        order=order,
        variant=past.variant,
        product=product,
        name=product.name,
        label=past.variant.label,
        sku=past.variant.sku,
        kind=product.kind,
        currency=Currency.TAKA,
        unit_price=past.price,
        quantity=1,
        returned_quantity=1 if past.came_back else 0,
    )


def _payment(past: _Past, order: Order, nadia: User) -> Payment:
    cash = past.provider == Provider.COD
    found = order.created_at + (timedelta(days=3) if cash else timedelta(minutes=40))
    return Payment(
        order=order,
        provider=past.provider,
        amount_poisha=order.total_poisha,
        state="verified",
        trx_id="" if cash else f"DKP{past.place:05}Z5"[: 8 if past.provider == Provider.NAGAD else 10],
        sender="" if cash else "01712000000",
        submitted_at=order.created_at + timedelta(minutes=9),
        decided_at=found,
        verified_by=nadia,
    )


def _refund(past: _Past, order: Order, nadia: User) -> Refund:
    return Refund(
        order=order,
        provider=Provider.BKASH,
        amount_poisha=past.price,
        reference=f"RFD{past.place:05}Z5",
        reason="It did not fit",
        recorded_by=nadia,
        idempotency_key=order.idempotency_key,
        created_at=order.created_at + timedelta(days=4, minutes=-30),
    )


def _events(past: _Past, order: Order, nadia: User) -> list[OrderEvent]:
    """The history, as the services would have written it."""
    steps = [
        (Status.PENDING, "Order placed", timedelta(), past.buyer),
        (Status.CONFIRMED, "Confirmed", timedelta(minutes=45), nadia),
        (Status.PROCESSING, "Being packed", timedelta(hours=20), nadia),
        (Status.SHIPPED, "Handed to the courier", timedelta(hours=26), nadia),
        (Status.DELIVERED, "Delivered", timedelta(days=3), nadia),
    ]
    if not order.needs_shipping:
        del steps[3]
    if past.came_back:
        steps.append((Status.REFUNDED, "All came back", timedelta(days=4, hours=-1), nadia))
    elif past.status == Status.COMPLETED:
        steps.append((Status.COMPLETED, "Received by the buyer", timedelta(days=5), past.buyer))
    before = ""
    events = []
    for status, what, later, who in steps:
        at = order.created_at + later
        events.append(OrderEvent(order=order, from_status=before, to_status=status, actor=who, what=what, at=at))
        before = status
    return events
