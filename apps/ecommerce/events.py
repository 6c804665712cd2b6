"""What happened in the store, for higher apps. Delivered on commit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProductPublished:
    product_id: int


@dataclass(frozen=True)
class ProductWithdrawn:
    product_id: int


@dataclass(frozen=True)
class BackInStock:
    """A variant that was sold out can be had again."""

    variant_id: int


@dataclass(frozen=True)
class OrderPlaced:
    order_id: int


@dataclass(frozen=True)
class OrderMoved:
    """An order went from one status to the next."""

    order_id: int
    from_status: str
    to_status: str


@dataclass(frozen=True)
class OrderRefunded:
    """Money of an order went back: so many poisha, or so many coins."""

    order_id: int
    amount_poisha: int
    amount_coins: int
