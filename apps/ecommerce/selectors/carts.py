"""What is in a cart, and whether it can be had."""

from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.db.models import F, Prefetch, Q, QuerySet, Sum

from apps.ecommerce.constants import CANCELLED_STATUSES, Currency
from apps.ecommerce.models import BundlePart, Cart, CartItem, OrderItem, ProductImage, Variant
from apps.ecommerce.permissions import Viewer

COUNT_KEPT = 60  # seconds


def cart_of(viewer: Viewer, key: UUID | None) -> Cart | None:
    """Return the member's cart, or the visitor's by the key of their session; None while they have none."""
    if viewer.is_authenticated:
        return Cart.objects.filter(user=viewer).first()
    return Cart.objects.filter(key=key).first() if key else None


def count(viewer: Viewer, key: UUID | None) -> int:
    """Return how many things lie in the cart, for the frame of every page: kept for a minute, forgotten by change."""
    if not viewer.is_authenticated and key is None:
        return 0
    name = count_key(viewer.pk, key)
    kept: int | None = cache.get(name)
    if kept is not None:
        return kept
    mine = Q(cart__user=viewer.pk) if viewer.is_authenticated else Q(cart__key=key)
    found: int = CartItem.objects.filter(mine).aggregate(count=Sum("quantity"))["count"] or 0
    cache.set(name, found, COUNT_KEPT)
    return found


def count_key(user_id: int | None, key: UUID | None) -> str:
    """Return where the count of a cart is kept."""
    return f"ecommerce:cart:user:{user_id}" if user_id else f"ecommerce:cart:key:{key}"


@dataclass(frozen=True)
class CartLine:
    """One line as it is now. ``unit_price`` is in poisha or coins, by the currency; None when it has no such price."""

    item: CartItem
    unit_price: int | None
    bought: int
    problem: str

    @property
    def variant(self) -> Variant:
        return self.item.variant

    @property
    def currency(self) -> str:
        return self.item.currency

    @property
    def quantity(self) -> int:
        return self.item.quantity

    @property
    def total(self) -> int:
        return (self.unit_price or 0) * self.quantity

    @property
    def other_price(self) -> int | None:
        """What one costs in the other currency, if it can be paid so."""
        other = Currency.COINS if self.currency == Currency.TAKA else Currency.TAKA
        return price_of(self.variant, other)


def price_of(variant: Variant, currency: str) -> int | None:
    """Return what one costs: poisha or coins. None when it is not sold for these."""
    if currency == Currency.COINS:
        return variant.coins
    return variant.price_poisha or variant.product.price_poisha


def lines(viewer: Viewer, cart: Cart) -> list[CartLine]:
    """Return the lines of a cart with what is wrong with each. The number of queries does not depend on how many."""
    pictures = Prefetch("variant__product__images", ProductImage.objects.order_by("position", "pk"), to_attr="pictures")
    parts = Prefetch("variant__product__parts", BundlePart.objects.select_related("variant"))
    items = list(
        cart.items.select_related("variant__product__category").prefetch_related(pictures, parts).order_by("pk")
    )
    limited = [item.variant.product_id for item in items if item.variant.product.per_person]
    bought = bought_before(viewer, limited)
    wanted: dict[int, int] = {}
    for item in items:
        wanted[item.variant.product_id] = wanted.get(item.variant.product_id, 0) + item.quantity
    return [
        CartLine(
            item=item,
            unit_price=price_of(item.variant, item.currency),
            bought=bought.get(item.variant.product_id, 0),
            problem=_problem(viewer, item, bought.get(item.variant.product_id, 0), wanted[item.variant.product_id]),
        )
        for item in items
    ]


def bought_before(viewer: Viewer, product_ids: list[int]) -> dict[int, int]:
    """Return how many of each product the viewer ordered and keeps, over all their orders."""
    if not product_ids or not viewer.is_authenticated:
        return {}
    kept: QuerySet[OrderItem] = OrderItem.objects.filter(order__user=viewer, product__in=product_ids).exclude(
        order__status__in=CANCELLED_STATUSES
    )
    left = Sum(F("quantity") - F("cancelled_quantity") - F("returned_quantity"))
    return dict(kept.values("product_id").annotate(kept=left).values_list("product_id", "kept"))


def available(variant: Variant) -> int | None:
    """Return how many can be had now; None when it is not counted. A bundle ends with the first part that does."""
    counted = [] if variant.stock is None else [variant.stock]
    counted += [
        part.variant.stock // part.quantity for part in variant.product.parts.all() if part.variant.stock is not None
    ]
    product = variant.product
    if product.edition is not None:
        counted.append(product.edition - product.edition_sold)
    return max(0, min(counted)) if counted else None


def _problem(viewer: Viewer, item: CartItem, bought: int, wanted: int) -> str:
    """Return why a line can't be ordered as it is, as a sentence, or an empty string."""
    variant, product = item.variant, item.variant.product
    if not (product.is_published and variant.is_active):
        return "It is not sold any more. Remove it to go on."
    if product.member_only and not viewer.is_authenticated:
        return "It is for members. Log in to buy it."
    if price_of(variant, item.currency) is None:
        return "It can't be paid like this. Choose the other way, or remove it."
    if product.per_person and bought + wanted > product.per_person:
        return limit_words(product.per_person, bought)
    return _stock_problem(available(variant), item.quantity)


def _stock_problem(left: int | None, wanted: int) -> str:
    if left is None or left >= wanted:
        return ""
    if left:
        return f"Only {left} left. Change the quantity to go on."
    return "Sold out. Remove it to go on; its page tells you when it is back."


def limit_words(limit: int, bought: int) -> str:
    before = f" You have {bought} already." if bought else ""
    return f"One person can have {limit} of it.{before}"
