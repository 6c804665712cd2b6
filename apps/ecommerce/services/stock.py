"""Taking things out of the stock for an order, and putting them back, each once.

Locks are taken in one order everywhere: products with an edition by their ids, then variants by theirs.
"""

from collections import Counter
from collections.abc import Iterable

from django.db.models import F
from django.db.models.functions import Greatest

from apps.core import events, jobs
from apps.ecommerce.constants import LARGEST_STOCK
from apps.ecommerce.errors import SoldOut
from apps.ecommerce.events import BackInStock
from apps.ecommerce.models import BundlePart, OrderItem, Product, Reservation, Variant


def reserve(items: Iterable[OrderItem]) -> None:
    """Take what the lines of a new order need: the things, the parts of bundles, and places in editions.

    Part of the caller's transaction, which a refusal ends.

    Raises:
        SoldOut: There are fewer; the sentence names the thing.
    """
    items = list(items)
    _take_editions(items)
    needs = _needs(items)
    wanted: Counter[int] = Counter()
    for (_item, variant_id), each in needs.items():
        wanted[variant_id] += each * _item.quantity
    locked = Variant.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    counted = {
        variant.pk: variant for variant in locked.filter(pk__in=wanted).order_by("pk") if variant.stock is not None
    }
    for pk, variant in counted.items():
        taken = Variant.objects.filter(pk=pk, stock__gte=wanted[pk]).update(stock=F("stock") - wanted[pk])
        if not taken:
            left = f"Only {variant.stock} left." if variant.stock else "It is sold out."
            raise SoldOut(f"{variant.product.name}, {variant.label}: {left} Nothing was ordered or charged.")
    Reservation.objects.bulk_create(
        Reservation(item=item, variant_id=variant_id, each=each, quantity=each * item.quantity)
        for (item, variant_id), each in needs.items()
        if variant_id in counted
    )


def give_back(gone: dict[OrderItem, int]) -> None:
    """Put so many of each line back on the shelf. Under the lock of their order, before ``cancelled_quantity`` grows.

    What holds it to once is ``Reservation.given_back``, which the database keeps from exceeding what was taken.
    """
    editions: Counter[int] = Counter()
    for item, quantity in gone.items():
        editions[item.product_id] += quantity
    for pk in sorted(editions):
        # An edition that was limited after this was bought counted nothing of it.
        back_to = Greatest(F("edition_sold") - editions[pk], 0)
        Product.objects.filter(pk=pk, edition__isnull=False).update(edition_sold=back_to)
    back: Counter[int] = Counter()
    quantities = {item.pk: quantity for item, quantity in gone.items()}
    for reservation in Reservation.objects.filter(item__in=quantities).order_by("pk"):
        count = reservation.each * quantities[reservation.item_id]
        Reservation.objects.filter(pk=reservation.pk).update(given_back=F("given_back") + count)
        back[reservation.variant_id] += count
    locked = Variant.objects.select_for_update(of=("self",), no_key=True)
    for variant in locked.filter(pk__in=back).order_by("pk"):
        if variant.stock is None:  # not counted any more
            continue
        was_sold_out = not variant.in_stock
        variant.stock = min(variant.stock + back[variant.pk], LARGEST_STOCK)
        variant.save(update_fields=["stock"])
        if was_sold_out and variant.in_stock:
            events.publish(BackInStock(variant_id=variant.pk))
            jobs.enqueue("ecommerce.tell_back_in_stock", variant_id=variant.pk)


def _needs(items: list[OrderItem]) -> dict[tuple[OrderItem, int], int]:
    """Return how many of a variant one of a line needs: itself, and what a bundle holds."""
    needs = {(item, item.variant_id): 1 for item in items}
    parts: dict[int, list[BundlePart]] = {}
    for part in BundlePart.objects.filter(bundle__in=[item.product_id for item in items]):
        parts.setdefault(part.bundle_id, []).append(part)
    for item in items:
        for part in parts.get(item.product_id, ()):
            needs[item, part.variant_id] = part.quantity
    return needs


def _take_editions(items: list[OrderItem]) -> None:
    wanted: Counter[int] = Counter()
    for item in items:
        wanted[item.product_id] += item.quantity
    limited = Product.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted, edition__isnull=False)
    for product in limited.order_by("pk"):
        free = Product.objects.filter(pk=product.pk, edition_sold__lte=F("edition") - wanted[product.pk])
        if not free.update(edition_sold=F("edition_sold") + wanted[product.pk]):
            left = (product.edition or 0) - product.edition_sold
            words = f"Only {left} of the edition are left." if left > 0 else "The whole edition is sold."
            raise SoldOut(f"{product.name}: {words} Nothing was ordered or charged.")
