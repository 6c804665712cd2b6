"""What was delivered without a parcel."""

from collections import defaultdict
from collections.abc import Iterable

from apps.ecommerce.models import DigitalDelivery, OrderItem


def deliveries_of(items: Iterable[OrderItem]) -> dict[int, list[DigitalDelivery]]:
    """Return what was delivered for these lines, by line. The caller has seen that the viewer may see the order."""
    found: dict[int, list[DigitalDelivery]] = defaultdict(list)
    for delivery in DigitalDelivery.objects.filter(item__in=[item.pk for item in items]).order_by("pk"):
        found[delivery.item_id].append(delivery)
    return dict(found)
