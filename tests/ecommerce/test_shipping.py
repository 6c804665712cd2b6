"""What sending costs, and who sets it."""

import pytest
from django.urls import reverse

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.core.models import AuditEvent
from apps.corelib import bangladesh
from apps.ecommerce.models import ShippingZone, ZoneDistrict
from apps.ecommerce.services import shipping
from tests.ecommerce.conftest import staff_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender(db):
    """Staff who set what sending costs."""
    return staff_with("sender", "view_shippingzone", "add_shippingzone", "change_shippingzone")


def cost(district, subtotal=100_000):
    return shipping.cost_poisha(district=district, subtotal_poisha=subtotal)


def test_dhaka_is_sixty_and_every_other_district_a_hundred_and_twenty():
    assert {code: cost(code) for code in bangladesh.DISTRICTS if cost(code) != 12_000} == {"dhaka": 6_000}


def test_a_zone_may_be_free_from_an_amount(sender):
    dhaka = ShippingZone.objects.get(name="Dhaka")
    shipping.change_zone(
        actor=sender,
        zone_id=dhaka.pk,
        name="Dhaka",
        price_poisha=7_000,
        free_from_poisha=200_000,
        districts=["dhaka", "gazipur"],
    )
    assert [cost("dhaka", 199_999), cost("dhaka", 200_000), cost("gazipur", 1), cost("sylhet", 200_000)] == [
        7_000,
        0,
        7_000,
        12_000,
    ]
    [event] = AuditEvent.objects.filter(action="zone.changed")
    assert (event.old["price_poisha"], event.new["price_poisha"]) == (6_000, 7_000)


def test_a_district_lies_in_one_zone(sender):
    shipping.change_zone(actor=sender, name="Capital", price_poisha=5_000, districts=["dhaka"])
    assert (cost("dhaka"), ZoneDistrict.objects.count()) == (5_000, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "Dhaka"}, "name"),
        ({"price_poisha": -1}, "price_poisha"),
        ({"price_poisha": 10**9}, "price_poisha"),
        ({"free_from_poisha": 0}, "free_from_poisha"),
        ({"districts": ["atlantis"]}, "districts"),
    ],
)
def test_what_is_no_zone_is_refused_at_its_field(sender, values, field):
    with pytest.raises(DomainError) as refused:
        shipping.change_zone(actor=sender, **{"name": "Hills", "price_poisha": 15_000} | values)
    assert refused.value.field == field
    assert ShippingZone.objects.count() == 2


def test_the_rest_of_the_country_has_no_list(sender):
    rest = ShippingZone.objects.get(is_rest=True)
    with pytest.raises(DomainError, match="has no list"):
        shipping.change_zone(actor=sender, zone_id=rest.pk, name="Rest", price_poisha=1, districts=["dhaka"])


def test_only_who_may_sets_prices(clerk):
    with pytest.raises(PermissionRefused):
        shipping.change_zone(actor=clerk, name="Free", price_poisha=0, districts=["sylhet"])
    assert cost("sylhet") == 12_000


def test_where_nothing_is_sent_is_told():
    with pytest.raises(DomainError, match="64 districts"):
        cost("atlantis")
    ShippingZone.objects.filter(is_rest=True).delete()
    with pytest.raises(Conflict, match="don't send to Sylhet"):
        cost("sylhet")


def test_staff_set_a_zone_in_the_admin(client, sender, clerk, settings):
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    dhaka = ShippingZone.objects.get(name="Dhaka")
    url = reverse("admin:ecommerce_shippingzone_change", args=[dhaka.pk])
    given = {"name": "Dhaka", "days": "1 day", "price_taka": "65.50", "free_from_taka": "", "districts": ["dhaka"]}
    client.force_login(sender)
    assert 'value="60.00"' in client.get(url).content.decode()
    assert client.post(url, given).status_code == 302
    assert cost("dhaka") == 6_550

    rest = reverse("admin:ecommerce_shippingzone_change", args=[ShippingZone.objects.get(is_rest=True).pk])
    assert "has no list" in client.post(rest, given | {"name": "Rest"}).content.decode()
    client.force_login(clerk)
    assert client.post(url, given | {"price_taka": "1"}).status_code == 403
    assert cost("dhaka") == 6_550
