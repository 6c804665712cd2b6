"""What a line of an order is, for everything that computes with it."""

from dataclasses import dataclass

from apps.ecommerce.constants import Currency, Kind
from apps.ecommerce.models import Product, Variant


@dataclass(frozen=True)
class PricedLine:
    """So many of a variant at a price that was looked up, in poisha or in coins."""

    variant: Variant
    quantity: int
    currency: str
    unit_price: int

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity

    @property
    def poisha(self) -> int:
        """What the line adds to the part in taka."""
        return self.total if self.currency == Currency.TAKA else 0

    @property
    def is_sent(self) -> bool:
        """Whether it comes in a parcel: by its kind, or because a part of the bundle does."""
        return is_sent(self.variant.product.kind, self.variant.product)


def is_sent(kind: str, product: Product) -> bool:
    """Whether a thing of this kind comes in a parcel: a bundle does when a part of it does."""
    if kind == Kind.BUNDLE:
        return any(part.variant.product.kind == Kind.PHYSICAL for part in product.parts.all())
    return kind == Kind.PHYSICAL
