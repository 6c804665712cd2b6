"""Orders that nobody paid in time give back what they hold."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.ecommerce.constants import Status
from apps.ecommerce.models import Cart, Order
from apps.ecommerce.services import orders, recording

LIMIT = 500  # orders of one run; the rest waits five minutes
GUEST_CARTS_KEPT = timedelta(days=30)


def expire_unpaid_orders() -> int:
    """Cancel what was not paid in time, each order in a transaction of its own. Return how many."""
    due = Order.objects.filter(status=Status.PENDING, expires_at__lte=timezone.now()).order_by("expires_at")
    return sum(expire(number) for number in list(due.values_list("number", flat=True)[:LIMIT]))


@transaction.atomic
def expire(number: str) -> bool:
    """Cancel one order if it is still unpaid and its time is over. Whoever was quicker, the buyer or this, counts."""
    order = recording.lock_order(number)
    if order.status != Status.PENDING or order.expires_at is None or order.expires_at > timezone.now():
        return False
    orders.cancel_items(order, orders.chosen(order, None), actor=None, why="It was not paid in time.")
    return True


def delete_old_carts() -> int:
    """Delete carts of visitors that nobody touched for 30 days. Return how many."""
    old = Cart.objects.filter(user=None, updated_at__lt=timezone.now() - GUEST_CARTS_KEPT)
    ids = list(old.order_by("updated_at").values_list("pk", flat=True)[:LIMIT])
    Cart.objects.filter(pk__in=ids, user=None, updated_at__lt=timezone.now() - GUEST_CARTS_KEPT).delete()
    return len(ids)
