"""The one place that computes money: of a cart, of a checkout, of an order, of what is cancelled from it.

All amounts are whole poisha and whole coins. Taka and coins are never turned into each other: each line is paid in one
of them, coupons and shipping are in taka.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.core.errors import DomainError
from apps.corelib.figures import coins, taka
from apps.ecommerce.constants import VAT_PERCENT, Currency
from apps.ecommerce.models import OrderItem
from apps.ecommerce.permissions import Viewer
from apps.ecommerce.selectors.carts import CartLine
from apps.ecommerce.services import coupons, shipping
from apps.ecommerce.services.lines import PricedLine
from apps.economy.models.chain import content_hash


@dataclass(frozen=True)
class Quote:
    """What an order would cost now.

    ``discounts`` are the lines' shares of the discount, in their order. ``shipping_poisha`` is None as long as nobody
    said where it goes.
    """

    lines: tuple[PricedLine, ...]
    subtotal_poisha: int
    discount_poisha: int
    discounts: tuple[int, ...]
    coupon_code: str
    coupon_refusal: str
    needs_shipping: bool
    shipping_poisha: int | None
    total_coins: int
    district: str = ""

    @property
    def total_poisha(self) -> int:
        return self.subtotal_poisha - self.discount_poisha + (self.shipping_poisha or 0)

    @property
    def vat_poisha(self) -> int:
        """The VAT that the total contains."""
        return vat_in(self.total_poisha)

    @property
    def seen(self) -> str:
        """What the buyer saw, as one word: it changes with every line, price and sum."""
        told = [f"{line.variant.pk}:{line.quantity}:{line.currency}:{line.unit_price}" for line in self.lines]
        sums = (self.discount_poisha, self.coupon_code, self.shipping_poisha, self.total_coins, self.district)
        return content_hash(*told, *sums)[:32]

    @property
    def words(self) -> str:
        """The sum for a person: "৳1,510 and 600 DC"."""
        return amount_words(self.total_poisha, self.total_coins)


def quote(*, user: Viewer, lines: Sequence[CartLine], district: str = "", coupon_code: str = "") -> Quote:
    """Compute what these lines cost. What can't be had at all is left out; ``CartLine.problem`` says why.

    A coupon that can't be used costs nobody the sum: it is left out, and ``coupon_refusal`` says why.

    Raises:
        DomainError, Conflict: We don't send to that district.
    """
    priced = tuple(
        PricedLine(line.variant, line.quantity, line.currency, line.unit_price)
        for line in lines
        if line.unit_price is not None
    )
    subtotal = sum(line.poisha for line in priced)
    discount, code, refusal = 0, "", ""
    parts = (0,) * len(priced)
    if coupon_code:
        try:
            found = coupons.quote(code=coupon_code, user=user, subtotal_poisha=subtotal, lines=priced)
        except DomainError as refused:
            refusal = refused.message
        else:
            discount, code, parts = found.discount_poisha, found.code, found.shares
    needs_shipping = any(line.is_sent for line in priced)
    cost: int | None = 0
    if needs_shipping:
        cost = shipping.cost_poisha(district=district, subtotal_poisha=subtotal) if district else None
    return Quote(
        lines=priced,
        subtotal_poisha=subtotal,
        discount_poisha=discount,
        discounts=parts,
        coupon_code=code,
        coupon_refusal=refusal,
        needs_shipping=needs_shipping,
        shipping_poisha=cost,
        total_coins=sum(line.total for line in priced if line.currency == Currency.COINS),
        district=district if needs_shipping else "",
    )


def vat_in(poisha: int) -> int:
    """Return the VAT contained in a price, rounded half up to a poisha."""
    return (2 * poisha * VAT_PERCENT + 100 + VAT_PERCENT) // (2 * (100 + VAT_PERCENT))


def value_of(item: OrderItem, quantity: int) -> int:
    """Return what the next ``quantity`` of a line are worth when they are cancelled or returned: poisha or coins.

    Counted from the beginning of the line, so that one by one they come to exactly what the line cost.
    """
    gone = item.cancelled_quantity + item.returned_quantity
    return item.net * (gone + quantity) // item.quantity - item.net * gone // item.quantity


def amount_words(poisha: int, amount_coins: int) -> str:
    """Write a sum in both currencies, leaving out what is nothing."""
    parts = [taka(Decimal(poisha) / 100)] if poisha or not amount_coins else []
    if amount_coins:
        parts.append(coins(amount_coins))
    return " and ".join(parts)
