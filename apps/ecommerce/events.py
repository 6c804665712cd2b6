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
