"""Products, made and changed by staff."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.constraints import refusing
from apps.core.errors import Conflict
from apps.corelib import games
from apps.ecommerce import permissions
from apps.ecommerce.constants import Kind
from apps.ecommerce.events import ProductPublished, ProductWithdrawn
from apps.ecommerce.models import Product
from apps.ecommerce.services.checking import REFUSALS, check_fields, known, lock_product

FIELDS = (
    "name",
    "kind",
    "category",
    "brand",
    "game",
    "summary",
    "description",
    "rarity",
    "price_poisha",
    "price_coins",
    "edition",
    "per_person",
    "motif",
    "member_only",
)


@transaction.atomic
def create_product(*, actor: User, **values: Any) -> Product:
    """Add a product to the catalogue, not published yet, with no variant.

    Args:
        **values: Of ``FIELDS``; ``name``, ``kind``, ``category`` and a price are needed.

    Raises:
        PermissionRefused: The actor does not keep the catalogue.
        DomainError: A value is not possible; ``field`` names it.
    """
    permissions.check_change_catalogue(actor)
    product = Product(**known(values, FIELDS))
    product.slug = _free_slug(product.name)
    product.search_text = search_text(product)
    check_fields(product)
    with refusing(REFUSALS):
        product.save(force_insert=True)
    audit.record(actor=actor, action="product.created", target=product, new={"name": product.name})
    return product


@transaction.atomic
def change_product(*, actor: User, product_id: int, **values: Any) -> Product:
    """Change what is given. The address stays, so that links and bookmarks do. Raises as :func:`create_product`."""
    permissions.check_change_catalogue(actor)
    product = lock_product(product_id)
    old = {
        name: getattr(product, name) for name, value in known(values, FIELDS).items() if getattr(product, name) != value
    }
    for name in old:
        setattr(product, name, values[name])
    product.search_text = search_text(product)
    check_fields(product)
    with refusing(REFUSALS):
        product.save(update_fields=[*old, "search_text"])
    if old:
        audit.record(
            actor=actor,
            action="product.changed",
            target=product,
            old={name: _told(value) for name, value in old.items()},
            new={name: _told(values[name]) for name in old},
        )
    return product


@transaction.atomic
def publish_product(*, actor: User, product_id: int) -> Product:
    """Show a product in the store. Published twice, nothing changes.

    Raises:
        PermissionRefused: The actor may not publish.
        Conflict: There is nothing to buy yet.
    """
    permissions.check_publish(actor)
    product = lock_product(product_id)
    if product.is_published:
        return product
    if not product.variants.filter(is_active=True).exists():
        raise Conflict("Add a variant first: a product without one can't be bought.")
    if product.kind == Kind.BUNDLE and not product.parts.exists():
        raise Conflict("Say first what the bundle holds.")
    product.is_published, product.published_at = True, product.published_at or timezone.now()
    product.save(update_fields=["is_published", "published_at"])
    audit.record(actor=actor, action="product.published", target=product)
    events.publish(ProductPublished(product_id=product.pk))
    return product


@transaction.atomic
def withdraw_product(*, actor: User, product_id: int) -> Product:
    """Take a product out of the store. Its page is gone for buyers; wishes and alerts wait."""
    permissions.check_publish(actor)
    product = lock_product(product_id)
    if product.is_published:
        product.is_published = False
        product.save(update_fields=["is_published"])
        audit.record(actor=actor, action="product.withdrawn", target=product)
        events.publish(ProductWithdrawn(product_id=product.pk))
    return product


def search_text(product: Product) -> str:
    """Return what the search looks through, in lower case."""
    game = games.GAMES[product.game].name if product.game in games.GAMES else ""
    brand = product.brand.name if product.brand else ""
    words = (product.name, brand, product.category.name, game, product.summary)
    return " ".join(word for word in words if word).lower()[:300]


def _free_slug(name: str) -> str:
    base = slugify(name)[:80].strip("-") or "product"
    taken = set(Product.objects.filter(Q(slug=base) | Q(slug__startswith=f"{base}-")).values_list("slug", flat=True))
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def _told(value: Any) -> Any:
    return str(value) if hasattr(value, "pk") else value
