"""The indexes of the store that pages depend on, each with the query that it is for."""

from datetime import timedelta

from django.utils import timezone

from apps.core.indexes import IndexUse
from apps.ecommerce.models import Order

_ORDER = Order._meta.db_table

INDEXES = [
    IndexUse("idx_order_user", _ORDER, "somebody's orders", lambda: Order.objects.filter(user=1).order_by("-id")[:20]),
    IndexUse(
        "idx_order_status",
        _ORDER,
        "the desk: what waits in a state, newest first",
        lambda: Order.objects.filter(status="pending").order_by("-id")[:50],
    ),
    IndexUse(
        "idx_order_created",
        _ORDER,
        "the orders of a day",
        lambda: Order.objects.filter(created_at__gte=timezone.now() - timedelta(days=1)).order_by(),
    ),
]
