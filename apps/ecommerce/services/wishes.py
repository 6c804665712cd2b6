"""What people want: a list of products, and a word when a variant is back."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import rate_limit
from apps.core.errors import Conflict, NotFound
from apps.ecommerce import permissions
from apps.ecommerce.constants import ALERTS, WISHES
from apps.ecommerce.models import Product, StockAlert, Variant, Wish
from apps.ecommerce.services.checking import lock_variant
from apps.notifications.services import notify

BATCH = 500
ACTS_PER_HOUR = 600


@transaction.atomic
def add_wish(*, actor: User, product_id: int) -> bool:
    """Put a product on the actor's wishlist. Return whether it was not there before.

    Raises:
        NotFound: There is no such product in the store.
        Conflict: The list is full.
        RateLimited: More than 600 wishes and alerts in an hour.
    """
    permissions.check_wish(actor, _product(product_id))
    _check_pace(actor)
    if Wish.objects.filter(user=actor).count() >= WISHES:
        raise Conflict(f"A wishlist has room for {WISHES} products. Take something off first.")
    before = Wish.objects.filter(user=actor, product_id=product_id).exists()
    # Not get_or_create: of two clicks at once the second finds the first one's row and is content.
    Wish.objects.bulk_create([Wish(user=actor, product_id=product_id)], ignore_conflicts=True)
    return not before


@transaction.atomic
def remove_wish(*, actor: User, product_id: int) -> None:
    """Take a product off the actor's wishlist. Asked twice, nothing happens; also when it was withdrawn meanwhile."""
    Wish.objects.filter(user=actor, product_id=product_id).delete()


@transaction.atomic
def ask_alert(*, actor: User, variant_id: int) -> None:
    """Have the actor told, once, when a sold-out variant is back. Asked twice, it is one alert.

    Raises:
        Conflict: It can be had now, or the actor waits for too many things.
    """
    # Locked, so that a delivery in this moment either finds the alert or lets us see that there is stock.
    variant = lock_variant(variant_id)
    permissions.check_wish(actor, variant.product)
    _check_pace(actor)
    if variant.in_stock:
        raise Conflict("It is in stock: you need not wait.")
    if StockAlert.objects.filter(user=actor, told_at=None).count() >= ALERTS:
        raise Conflict(f"You wait for {ALERTS} things already. Cancel one first.")
    StockAlert.objects.bulk_create([StockAlert(user=actor, variant=variant)], ignore_conflicts=True)


@transaction.atomic
def cancel_alert(*, actor: User, variant_id: int) -> None:
    """Wait no longer. Asked twice, nothing happens."""
    StockAlert.objects.filter(user=actor, variant_id=variant_id, told_at=None).delete()


def tell_back_in_stock(variant_id: int) -> int:
    """Tell who waits for this variant, if it is still there. Run twice, it tells once: alerts are the fingerprints."""
    told = 0
    while batch := _tell_some(variant_id):
        told += batch
    return told


@transaction.atomic
def _tell_some(variant_id: int) -> int:
    variant = Variant.objects.select_related("product").filter(pk=variant_id).first()
    if variant is None or not variant.in_stock or not variant.product.is_published:
        return 0  # gone again before anybody heard: they keep waiting
    waiting = StockAlert.objects.select_for_update(skip_locked=True).filter(variant=variant, told_at=None)
    alerts = list(waiting.order_by("pk")[:BATCH])
    for alert in alerts:
        notify(
            [alert.user_id],
            "ecommerce.back_in_stock",
            subject=variant.product,
            context={"product": variant.product.name, "variant": variant.label},
            fingerprint=f"alert:{alert.pk}",
        )
    StockAlert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_at=timezone.now())
    return len(alerts)


def _check_pace(actor: User) -> None:
    """Slow down a program that wishes for everything."""
    rate_limit.check("ecommerce.wish", key=str(actor.pk), limit=ACTS_PER_HOUR, seconds=3600)


def _product(product_id: int) -> Product:
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        raise NotFound("There is no such product in the store.")
    return product
