"""Which zone a district lies in, and the zones as pages tell them."""

from django.db.models import F, Q, QuerySet

from apps.ecommerce.models import ShippingZone


def zone_of(district: str) -> ShippingZone | None:
    """Return the zone of a district: its own, else the rest of the country."""
    zones = ShippingZone.objects.filter(Q(districts__code=district) | Q(is_rest=True))
    return zones.order_by("is_rest").first()


def zones() -> QuerySet[ShippingZone]:
    """Return all zones with their districts, the rest of the country last."""
    return ShippingZone.objects.prefetch_related("districts").order_by(F("is_rest"), "price_poisha", "pk")
