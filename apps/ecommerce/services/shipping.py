"""What sending costs, and staff's changes of it."""

from collections.abc import Collection

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib import bangladesh
from apps.ecommerce import permissions
from apps.ecommerce.constants import LARGEST_PRICE_POISHA
from apps.ecommerce.models import ShippingZone, ZoneDistrict
from apps.ecommerce.selectors import shipping

_REFUSALS = {
    "ecommerce_zone_name": lambda: Conflict("Another zone has this name.", field="name"),
}


def cost_poisha(*, district: str, subtotal_poisha: int) -> int:
    """Return what sending an order costs, in poisha. What isn't sent is the caller's to leave out.

    Args:
        district: A code of ``apps.corelib.bangladesh``.
        subtotal_poisha: Of the goods, before any discount: a coupon never makes sending dearer.

    Raises:
        DomainError: There is no such district.
        Conflict: No zone covers it.
    """
    if bangladesh.district(district) is None:
        raise DomainError("Choose one of the 64 districts, such as Dhaka.", field="district")
    zone = shipping.zone_of(district)
    if zone is None:
        raise Conflict(f"We don't send to {bangladesh.district_name(district)} at the moment.", field="district")
    free = zone.free_from_poisha is not None and subtotal_poisha >= zone.free_from_poisha
    return 0 if free else zone.price_poisha


@transaction.atomic
def change_zone(
    *,
    actor: User,
    zone_id: int | None = None,
    name: str,
    price_poisha: int,
    free_from_poisha: int | None = None,
    days: str = "",
    districts: Collection[str] = (),
) -> ShippingZone:
    """Add a zone, or change one. A district that lay in another zone moves. Orders keep what they were told.

    Raises:
        PermissionRefused: The actor may not change zones.
        DomainError: A price or a district is not possible; ``field`` names it.
    """
    permissions.check_change_shipping(actor)
    zone = _locked(zone_id) if zone_id else ShippingZone()
    _check(name, price_poisha, free_from_poisha, districts)
    if zone.is_rest and districts:
        raise DomainError("This zone is the rest of the country: it has no list.", field="districts")
    old = {"price_poisha": zone.price_poisha, "free_from_poisha": zone.free_from_poisha} if zone_id else {}
    zone.name, zone.price_poisha, zone.free_from_poisha, zone.days = name.strip(), price_poisha, free_from_poisha, days
    with refusing(_REFUSALS):
        zone.save()
    ZoneDistrict.objects.filter(zone=zone).exclude(code__in=districts).delete()
    for code in sorted(districts):
        ZoneDistrict.objects.update_or_create(code=code, defaults={"zone": zone})
    audit.record(
        actor=actor,
        action="zone.changed" if zone_id else "zone.created",
        target=zone,
        old=old,
        new={"price_poisha": price_poisha, "free_from_poisha": free_from_poisha, "districts": sorted(districts)},
    )
    return zone


def _locked(zone_id: int) -> ShippingZone:
    zone = ShippingZone.objects.select_for_update(of=("self",), no_key=True).filter(pk=zone_id).first()
    if zone is None:
        raise NotFound("There is no such zone.")
    return zone


def _check(name: str, price_poisha: int, free_from_poisha: int | None, districts: Collection[str]) -> None:
    if not name.strip() or not name.isprintable() or len(name) > 40:
        raise DomainError("Name the zone in one line of at most 40 characters.", field="name")
    if not 0 <= price_poisha <= LARGEST_PRICE_POISHA:
        raise DomainError("The price is from ৳0 to ৳10,00,000.", field="price_poisha")
    if free_from_poisha is not None and not 1 <= free_from_poisha <= LARGEST_PRICE_POISHA:
        raise DomainError("Free from more than ৳0; leave it empty if it is never free.", field="free_from_poisha")
    if unknown := [code for code in districts if bangladesh.district(code) is None]:
        raise DomainError(f"There is no district {unknown[0]!r}.", field="districts")
