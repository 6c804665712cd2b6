"""What every service of the catalogue does first: lock, and refuse what is not possible."""

from typing import Any

from django.core.exceptions import ValidationError

from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import games
from apps.ecommerce.constants import LARGEST_STOCK
from apps.ecommerce.models import Product, Variant

REFUSALS = {
    "ecommerce_variant_sku": lambda: Conflict("Another variant has this SKU.", field="sku"),
    "ecommerce_variant_label": lambda: Conflict("This product has a variant of that name.", field="label"),
    "ecommerce_product_priced": lambda: DomainError("Give a price in taka, in coins, or both.", field="price_poisha"),
    "ecommerce_product_edition_kept": lambda: Conflict("More than that are sold already.", field="edition"),
    "ecommerce_bundle_part_once": lambda: Conflict("The bundle holds this already. Change how many.", field="variant"),
}


def lock_product(product_id: int) -> Product:
    product = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .select_related("category", "brand")
        .filter(pk=product_id)
        .first()
    )
    if product is None:
        raise NotFound("There is no such product.")
    return product


def lock_variant(variant_id: int) -> Variant:
    variant = (
        Variant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("product")
        .filter(pk=variant_id)
        .first()
    )
    if variant is None:
        raise NotFound("There is no such variant.")
    return variant


def check_stock(stock: int | None) -> int | None:
    if stock is not None and (type(stock) is not int or not 0 <= stock <= LARGEST_STOCK):
        raise DomainError(f"The stock is a whole number from 0 to {LARGEST_STOCK:,}.", field="stock")
    return stock


def known(values: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := values.keys() - set(names):
        raise TypeError(f"No such field: {', '.join(sorted(unknown))}.")
    return values


def check_fields(row: Product | Variant) -> None:
    """Raise the first problem of a field as a refusal that names it."""
    try:
        row.clean_fields(exclude=["slug", "list_price"])
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise DomainError(problems[0], field=field) from error
    if isinstance(row, Product) and row.game and row.game not in games.GAMES:
        raise DomainError("There is no such game.", field="game")
    for name in ("name", "summary", "label", "sku"):
        text = getattr(row, name, "-")
        if not text.strip() or not text.isprintable():
            raise DomainError("Write one line here, without signs that can't be seen.", field=name)
    if "\0" in getattr(row, "description", ""):
        raise DomainError("There is a sign in it that can't be stored.", field="description")
