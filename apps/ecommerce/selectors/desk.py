"""The order desk: what waits, what is to be picked, what runs out, and how a day went."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Lower, TruncDate
from django.utils import timezone

from apps.accounts.models import User
from apps.corelib.charts import Datum
from apps.corelib.figures import taka
from apps.corelib.game_ids import plain_digits
from apps.ecommerce.constants import Kind, PaymentState, Status
from apps.ecommerce.models import BundlePart, Order, OrderItem, Payment, Refund, StockAlert, Variant

LOW = 5
SHORTEST_SEARCH = 3  # a trigram
SHORTEST_PHONE = 6
AGES = {"day": 1, "three": 3, "week": 7}
PICKED = (Status.CONFIRMED, Status.PROCESSING)


@dataclass(frozen=True)
class Filters:
    """What somebody at the desk looks for. Empty means "any"."""

    search: str = ""
    status: str = ""
    provider: str = ""
    district: str = ""
    age: str = ""
    money: str = ""

    def __bool__(self) -> bool:
        return any((self.search, self.status, self.provider, self.district, self.age, self.money))


def desk_orders(filters: Filters) -> QuerySet[Order]:
    """Return orders with what a row shows. Two queries a page, whatever it finds."""
    orders = Order.objects.select_related("user").prefetch_related(Prefetch("items", OrderItem.objects.order_by("pk")))
    for name in ("status", "provider", "district"):
        if value := getattr(filters, name):
            orders = orders.filter(**{name: value})
    if filters.age:
        orders = orders.filter(created_at__lt=timezone.now() - timedelta(days=AGES[filters.age]))
    if filters.money == "checked":
        waiting = Payment.objects.filter(order=OuterRef("pk"), state=PaymentState.SUBMITTED)
        orders = orders.filter(Exists(waiting))
    if filters.money == "owed":
        orders = orders.filter(paid_poisha__gt=F("refunded_poisha") + F("total_poisha") - F("waived_poisha"))
    return _search(orders, filters.search) if filters.search else orders


def _search(orders: QuerySet[Order], typed: str) -> QuerySet[Order]:
    """Find by number, telephone, TrxID, name, e-mail or username: at least three signs of it.

    Each way is a query along its own index, and their union is what was found. As one condition with OR over three
    tables they would read every order.
    """
    text = plain_digits(typed).strip().removeprefix("@")
    if len(text) < SHORTEST_SEARCH:
        return orders.none()
    digits = "".join(sign for sign in text if sign.isdigit())
    plain = Order.objects.order_by()
    of_user = User.objects.filter(username__iexact=text).order_by()
    ways = [
        plain.filter(Q(number__contains=text.upper()) | Q(number__contains=_with_hyphens(text))),
        plain.alias(folded=Lower("contact_name")).filter(folded__contains=text.lower()),
        plain.alias(folded=Lower("email")).filter(folded__contains=text.lower()),
        plain.filter(user__in=of_user),
    ]
    if len(digits) >= SHORTEST_PHONE:
        ways.append(plain.filter(phone__contains=digits.removeprefix("88").removeprefix("0")))
    told = Payment.objects.order_by().alias(folded=Lower("trx_id")).exclude(trx_id="")
    paid = told.filter(folded=text.replace(" ", "").lower()).values("order_id")
    first, *others = [way.values("pk") for way in ways]
    return orders.filter(pk__in=first.union(*others, paid))


def _with_hyphens(text: str) -> str:
    """Return a number as it is kept: DC7K3M92 and 7k3m92 are parts of DC-7K3M-92."""
    signs = text.upper().replace("-", "").replace(" ", "")
    if len(signs) == 8 and signs.startswith("DC"):
        signs = signs[2:]
    return f"{signs[:4]}-{signs[4:]}" if len(signs) == 6 else text.upper()


def waiting() -> dict[str, int]:
    """Return how many orders stand in each status that somebody has to do something about. One query."""
    places = (Status.PENDING, *PICKED, Status.SHIPPED)
    many = Order.objects.filter(status__in=places).order_by().values_list("status").annotate(count=Count("pk"))
    found = {str(status): count for status, count in many}
    return {str(place): found.get(str(place), 0) for place in places}


@dataclass
class Pick:
    """So many of one thing, for these orders."""

    sku: str
    name: str
    label: str
    quantity: int = 0
    orders: Counter[str] = field(default_factory=Counter)

    @property
    def by_order(self) -> list[tuple[str, int]]:
        """Number of the order, and how many for it. A template can't ask a Counter for its items."""
        return sorted(self.orders.items())


def pick_list() -> list[Pick]:
    """Return what has to be taken from the shelves for orders that are confirmed or being packed, by SKU.

    A bundle is its parts: it stands on no shelf. Three queries.
    """
    items = OrderItem.objects.filter(order__status__in=PICKED, kind__in=(Kind.PHYSICAL, Kind.BUNDLE))
    items = items.filter(quantity__gt=F("cancelled_quantity") + F("returned_quantity"))
    lines = list(items.select_related("order").order_by("order_id", "pk"))
    parts: dict[int, list[BundlePart]] = defaultdict(list)
    bundles = {item.product_id for item in lines if item.kind == Kind.BUNDLE}
    for part in BundlePart.objects.filter(bundle__in=bundles).select_related("variant__product"):
        if part.variant.product.kind == Kind.PHYSICAL:
            parts[part.bundle_id].append(part)
    picks: dict[str, Pick] = {}

    def add(sku: str, name: str, label: str, quantity: int, number: str) -> None:
        pick = picks.setdefault(sku, Pick(sku, name, label))
        pick.quantity += quantity
        pick.orders[number] += quantity

    for item in lines:
        if item.kind == Kind.BUNDLE:
            for part in parts[item.product_id]:
                variant = part.variant
                add(variant.sku, variant.product.name, variant.label, part.quantity * item.left, item.order.number)
        else:
            add(item.sku, item.name, item.label, item.left, item.order.number)
    return sorted(picks.values(), key=lambda pick: pick.sku)


def low_stock() -> QuerySet[Variant]:
    """Return what is on sale and nearly gone, with how many were ordered in 30 days and how many people wait."""
    month = timezone.now() - timedelta(days=30)
    sold = Sum("order_items__quantity", filter=Q(order_items__order__created_at__gte=month))
    waits = StockAlert.objects.filter(variant=OuterRef("pk"), told_at=None)
    return (
        Variant.objects.filter(is_active=True, stock__lte=LOW, product__is_published=True)
        .select_related("product")
        .annotate(sold=sold, waited_for=Exists(waits))
        .order_by("stock", "product__name", "pk")
    )


@dataclass(frozen=True)
class Day:
    """What happened on one day, in Dhaka's time."""

    day: date
    orders: int
    taken_poisha: int
    taken_coins: int
    returned_poisha: int

    @property
    def label(self) -> str:
        return f"{self.day.day} {self.day:%b}"

    @property
    def taken_taka(self) -> float:
        return self.taken_poisha / 100

    @property
    def returned_taka(self) -> float:
        return self.returned_poisha / 100


@dataclass(frozen=True)
class Figures:
    """The last days, newest first."""

    days: list[Day]
    by_provider: list[Datum]

    @property
    def busy_days(self) -> list[Day]:
        """Those on which something happened."""
        return [day for day in self.days if day.orders or day.taken_poisha or day.taken_coins or day.returned_poisha]

    @property
    def total_poisha(self) -> int:
        return sum(day.taken_poisha for day in self.days)

    @property
    def total_taka(self) -> str:
        return taka(f"{self.total_poisha / 100:.2f}")

    @property
    def total_orders(self) -> int:
        return sum(day.orders for day in self.days)

    @property
    def returned_taka(self) -> str:
        return taka(f"{sum(day.returned_poisha for day in self.days) / 100:.2f}")

    @property
    def takings(self) -> list[Datum]:
        """For the line, the oldest first."""
        return [
            Datum(day.label, day.taken_poisha / 100, text=taka(f"{day.taken_poisha / 100:.2f}"))
            for day in reversed(self.days)
        ]

    @property
    def orders(self) -> list[Datum]:
        return [Datum(day.label, day.orders, text=f"{day.orders:,}") for day in reversed(self.days)]


def figures(days: int) -> Figures:
    """Return what was ordered, taken and sent back on each of the last days. Four queries."""
    today = timezone.localdate()
    first = today - timedelta(days=days - 1)
    orders = _by_day(Order.objects.exclude(status=Status.CANCELLED), "created_at", first, Count("pk"))
    found = Payment.objects.filter(state=PaymentState.VERIFIED)
    taken = _by_day(found, "decided_at", first, Sum("amount_poisha"))
    coins = _by_day(found, "decided_at", first, Sum("amount_coins"))
    returned = _by_day(Refund.objects.all(), "created_at", first, Sum("amount_poisha"))
    by_provider = found.filter(decided_at__date__gte=first, amount_poisha__gt=0).order_by().values_list("provider")
    shares = by_provider.annotate(poisha=Sum("amount_poisha")).order_by("-poisha")
    names = dict(Payment._meta.get_field("provider").flatchoices)
    return Figures(
        days=[
            Day(day, orders.get(day, 0), taken.get(day, 0), coins.get(day, 0), returned.get(day, 0))
            for day in (today - timedelta(days=number) for number in range(days))
        ],
        by_provider=[
            Datum(names[provider], poisha / 100, text=taka(f"{poisha / 100:.2f}")) for provider, poisha in shares
        ],
    )


def _by_day(rows: QuerySet[Any], column: str, first: date, what: Any) -> dict[date, int]:
    since = rows.filter(**{f"{column}__date__gte": first}).annotate(day=TruncDate(column)).order_by()
    return dict(since.values_list("day").annotate(found=what))
