"""What is bought: variants, how many there are, and what bundles hold."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, events, jobs
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.ecommerce import permissions
from apps.ecommerce.constants import Kind
from apps.ecommerce.events import BackInStock
from apps.ecommerce.models import BundlePart, Variant
from apps.ecommerce.services.checking import REFUSALS, check_fields, check_stock, known, lock_product, lock_variant

VARIANT_FIELDS = ("label", "sku", "price_poisha", "price_coins", "position", "is_active")


@transaction.atomic
def add_variant(*, actor: User, product_id: int, stock: int | None = None, **values: Any) -> Variant:
    """Add something to buy. Raises as :func:`create_product`; ``Conflict`` for a taken SKU or label."""
    permissions.check_change_catalogue(actor)
    product = lock_product(product_id)
    variant = Variant(product=product, stock=check_stock(stock), **known(values, VARIANT_FIELDS))
    check_fields(variant)
    with refusing(REFUSALS):
        variant.save(force_insert=True)
    audit.record(actor=actor, action="variant.created", target=variant, new={"sku": variant.sku, "stock": stock})
    return variant


@transaction.atomic
def change_variant(*, actor: User, variant_id: int, **values: Any) -> Variant:
    """Change what is given, but never the stock: :func:`set_stock` does that."""
    permissions.check_change_catalogue(actor)
    variant = lock_variant(variant_id)
    old = {n: getattr(variant, n) for n, value in known(values, VARIANT_FIELDS).items() if getattr(variant, n) != value}
    for name in old:
        setattr(variant, name, values[name])
    check_fields(variant)
    if old:
        with refusing(REFUSALS):
            variant.save(update_fields=list(old))
        audit.record(
            actor=actor, action="variant.changed", target=variant, old=old, new={name: values[name] for name in old}
        )
    return variant


@transaction.atomic
def set_stock(*, actor: User, variant_id: int, stock: int | None) -> Variant:
    """Say how many there are. Who asked to hear is told, once, when there are some again.

    Raises:
        PermissionRefused: The actor may not change stock.
        DomainError: Not a whole number from 0.
    """
    permissions.check_change_stock(actor)
    stock = check_stock(stock)
    variant = lock_variant(variant_id)
    old, was_sold_out = variant.stock, not variant.in_stock
    if old != stock:
        variant.stock = stock
        variant.save(update_fields=["stock"])
        audit.record(actor=actor, action="variant.stock_set", target=variant, old={"stock": old}, new={"stock": stock})
        if was_sold_out and variant.in_stock:
            events.publish(BackInStock(variant_id=variant.pk))
            jobs.enqueue("ecommerce.tell_back_in_stock", variant_id=variant.pk)
    return variant


@transaction.atomic
def put_into_bundle(*, actor: User, bundle_id: int, variant_id: int, quantity: int = 1) -> BundlePart:
    """Say that a bundle holds so many of a variant; 0 takes it out.

    Raises:
        Conflict: That product is no bundle, or the variant is one itself.
    """
    permissions.check_change_catalogue(actor)
    bundle, variant = lock_product(bundle_id), lock_variant(variant_id)
    if bundle.kind != Kind.BUNDLE or variant.product.kind == Kind.BUNDLE:
        raise Conflict("Only a bundle holds other things, and no bundle holds a bundle.", field="variant")
    if not 0 <= quantity <= 100:
        raise DomainError("A bundle holds 1 to 100 of a thing.", field="quantity")
    part = BundlePart.objects.filter(bundle=bundle, variant=variant).first() or BundlePart(
        bundle=bundle, variant=variant
    )
    if quantity:
        part.quantity = quantity
        part.save()
    elif part.pk:
        part.delete()
    audit.record(actor=actor, action="bundle.changed", target=bundle, new={"sku": variant.sku, "quantity": quantity})
    return part
