"""The store in figures."""

from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import Now

from apps.core.metrics import Family, Source, register
from apps.core.metrics.sources import Values
from apps.ecommerce.constants import Status
from apps.ecommerce.models import Order

ORDERS = Family("deltacrown_orders_last_day", "Orders placed in the last 24 hours by where they stand.", ("status",))


def read() -> Values:
    none = dict.fromkeys(Status.values, 0.0)
    rows = Order.objects.filter(created_at__gte=Now() - timedelta(days=1)).values("status").annotate(number=Count("pk"))
    return {ORDERS.name: none | {row["status"]: float(row["number"]) for row in rows}}


def register_all() -> None:
    register(Source("store", (ORDERS,), read, fresh_for=30))
