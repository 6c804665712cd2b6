"""Delivered orders that nobody says anything about are completed by themselves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from apps.ecommerce.constants import Status
from apps.ecommerce.models import Order, OrderEvent
from apps.ecommerce.selectors.orders import complete_after_days
from apps.ecommerce.services import orders, recording

LIMIT = 500  # orders of one run; the rest waits an hour


def complete_delivered_orders() -> int:
    """Complete what has been quiet for the days that staff set, each order in a transaction of its own.

    Left alone is an order that money is owed back for. A part that came back, money that was sent and everything else
    in its history, notes of staff left out, begins the days anew.

    Returns:
        How many were completed.
    """
    days = complete_after_days()
    if not days:
        return 0
    since = timezone.now() - timedelta(days=days)
    numbers = _quiet(since).order_by("pk").values_list("number", flat=True)[:LIMIT]
    return sum(complete_quiet(number, since) for number in list(numbers))


@transaction.atomic
def complete_quiet(number: str, since: datetime) -> bool:
    """Complete one order if nothing happened to it since then: under its lock, so that who was quicker counts."""
    order = recording.lock_order(number)
    if not _quiet(since).filter(pk=order.pk).exists():
        return False
    orders.complete(order, actor=None, what="Completed by itself")
    return True


def _quiet(since: datetime) -> QuerySet[Order]:
    lately = OrderEvent.objects.filter(order=OuterRef("pk"), is_internal=False, at__gt=since)
    kept = F("total_poisha") - F("waived_poisha") + F("refunded_poisha")
    return Order.objects.filter(~Exists(lately), status=Status.DELIVERED, paid_poisha__lte=kept)
