"""Points: given for what is kept, taken back for what is not, made into coupons once."""

import pytest
from django.db import IntegrityError, connection, transaction

from apps.core.errors import Conflict, DomainError, PermissionRefused
from apps.ecommerce.models import Coupon, LoyaltyAccount, LoyaltyEntry, LoyaltyProgram, OrderItem
from apps.ecommerce.selectors import loyalty as selectors
from apps.ecommerce.services import coupons, loyalty, loyalty_keeping
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
KEY = "one-page-one-key-1"


@pytest.fixture
def mouse(shop):
    return shop.product("Mouse", price_poisha=1_000_000).variants.select_related("product").get()


def points(user):
    account = LoyaltyAccount.objects.get(user=user)
    entries = list(LoyaltyEntry.objects.filter(account=account).order_by("pk").values_list("kind", "points"))
    assert account.points == sum(moved for _, moved in entries)
    return account.points, entries


def give_back(order, quantity):
    OrderItem.objects.filter(order=order).update(returned_quantity=quantity)


def rich(user, variant, times=1):
    for _ in range(times):
        loyalty.on_completed(order_of(user, variant, status="completed"))


def test_a_completed_order_earns_once(rafi, mouse):
    order = order_of(rafi, mouse, status="completed", discount=50_050)
    OrderItem.objects.filter(order=order).update(discount_poisha=50_050)
    for _ in range(3):
        loyalty.on_completed(order)
    assert points(rafi) == (94, [("earned", 94)])


@pytest.mark.parametrize("status", ["pending", "confirmed", "delivered", "cancelled", "refunded"])
def test_no_other_order_earns(rafi, mouse, status):
    assert loyalty.on_completed(order_of(rafi, mouse, status=status)) is None
    assert not LoyaltyEntry.objects.exists()


def test_what_comes_back_in_parts_takes_back_in_parts_and_no_more(rafi, mouse):
    order = order_of(rafi, mouse, quantity=3, status="completed")
    loyalty.on_completed(order)
    give_back(order, 1)
    for _ in range(2):
        loyalty.on_refunded(order)
    give_back(order, 3)
    for _ in range(2):
        loyalty.on_refunded(order)
    assert points(rafi) == (0, [("earned", 300), ("taken_back", -100), ("taken_back", -200)])
    assert LoyaltyAccount.objects.get().earned == 0


def test_what_earned_nothing_takes_nothing_back(rafi, mouse):
    order = order_of(rafi, mouse, status="refunded")
    give_back(order, 1)
    assert loyalty.on_refunded(order) is None


def test_who_earned_much_earns_more(rafi, mouse):
    rich(rafi, mouse, times=3)
    assert points(rafi)[1] == [("earned", 100), ("earned", 100), ("earned", 125)]
    now = selectors.standing(rafi)
    assert (now.tier.name, now.next_tier.name, now.missing, now.for_goods(100_000)) == ("River", "Delta", 675, 12)


def test_points_become_a_coupon_of_ones_own(rafi, mouse):
    rich(rafi, mouse)
    coupon = loyalty.redeem(actor=rafi, points=80, idempotency_key=KEY)
    assert loyalty.redeem(actor=rafi, points=80, idempotency_key=KEY) == coupon
    assert (points(rafi)[0], coupon.amount_poisha, coupon.owner) == (20, 8_000, rafi)
    assert list(selectors.own_coupons(rafi)) == [coupon]

    order = order_of(rafi, mouse, discount=8_000)
    coupons.claim(order=order, code=coupon.code, actor=rafi)
    assert not selectors.own_coupons(rafi).exists()
    with pytest.raises(Conflict, match="used up"):
        coupons.claim(order=order_of(rafi, mouse, discount=8_000), code=coupon.code, actor=rafi)
    coupons.give_back(order=order)
    assert list(selectors.own_coupons(rafi)) == [coupon]


@pytest.mark.parametrize(
    ("wanted", "sentence"), [(49, "at least 50"), (101, "You have 100 points"), (0, "at least"), (-80, "at least")]
)
def test_nobody_redeems_what_is_not_there(rafi, mouse, wanted, sentence):
    rich(rafi, mouse)
    with pytest.raises(DomainError, match=sentence):
        loyalty.redeem(actor=rafi, points=wanted, idempotency_key=KEY)
    assert points(rafi)[0] == 100
    assert not Coupon.objects.exists()


def test_a_key_makes_one_coupon_and_none_without_a_programme(rafi, mouse):
    rich(rafi, mouse)
    loyalty.redeem(actor=rafi, points=50, idempotency_key=KEY)
    with pytest.raises(Conflict, match="redeemed points already"):
        loyalty.redeem(actor=rafi, points=60, idempotency_key=KEY)
    with pytest.raises(DomainError, match="damaged"):
        loyalty.redeem(actor=rafi, points=50, idempotency_key="")
    LoyaltyProgram.objects.update(is_active=False)
    with pytest.raises(Conflict, match="They stay yours"):
        loyalty.redeem(actor=rafi, points=50, idempotency_key=KEY + "2")
    assert Coupon.objects.count() == 1


def test_points_that_were_spent_are_owed_when_the_goods_come_back(rafi, mouse):
    order = order_of(rafi, mouse, status="completed")
    loyalty.on_completed(order)
    loyalty.redeem(actor=rafi, points=80, idempotency_key=KEY)
    give_back(order, 1)
    loyalty.on_refunded(order)
    assert points(rafi)[0] == -80
    assert selectors.standing(rafi).worth_taka == 0


def test_the_database_keeps_every_entry(rafi, mouse):
    rich(rafi, mouse)
    for act in (
        lambda: LoyaltyEntry.objects.update(points=5_000),
        lambda: LoyaltyEntry.objects.all()._raw_delete("default"),
        lambda: LoyaltyProgram.objects.create(name="Second", is_active=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_staff_set_the_programme(rafi, clerk):
    keeper = staff_with("boss", "change_loyaltyprogram")
    made = loyalty_keeping.save_program(actor=keeper, name="Monsoon", points_per_100_taka=5, is_active=True)
    loyalty_keeping.set_tiers(actor=keeper, program_id=made.pk, tiers=[("All", 0, 100)])
    assert selectors.running() == made
    assert LoyaltyProgram.objects.filter(is_active=True).count() == 1
    for values in ({"points_per_100_taka": 0}, {"coupon_days": 99_999}, {"name": " "}, {"point_value_poisha": None}):
        with pytest.raises(DomainError) as refused:
            loyalty_keeping.save_program(actor=keeper, program_id=made.pk, **values)
        assert refused.value.field == next(iter(values))
    for tiers in ([("A", 0, 100), ("B", 0, 110)], [("A", 0, 50)], [(" ", 0, 100)]):
        with pytest.raises(DomainError):
            loyalty_keeping.set_tiers(actor=keeper, program_id=made.pk, tiers=tiers)
    with pytest.raises(PermissionRefused):
        loyalty_keeping.save_program(actor=clerk, name="Mine", is_active=True)
    assert [tier.name for tier in made.tiers.all()] == ["All"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_points_count_once_however_many_ask(rafi):
    mouse = Shop(make_user("boss", is_staff=True, is_superuser=True)).product(price_poisha=1_000_000).variants.get()
    order = order_of(rafi, mouse, status="completed")

    def completing():
        with transaction.atomic():
            loyalty.on_completed(order)

    assert at_once(*[completing] * 6) == {"done": 6}
    redeeming = [lambda n=n: loyalty.redeem(actor=rafi, points=60, idempotency_key=f"{KEY}-{n}") for n in range(4)]
    assert at_once(*redeeming) == {"done": 1, "Conflict": 3}
    assert points(rafi) == (40, [("earned", 100), ("redeemed", -60)])


def test_staff_set_the_programme_in_the_admin(client, settings, clerk):
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor
    client.force_login(
        staff_with("boss", "view_loyaltyprogram", "add_loyaltyprogram", "change_loyaltyprogram", "view_loyaltyentry")
    )
    given = {"name": "Monsoon", "points_per_100_taka": "3", "point_value_poisha": "50", "smallest_redemption": "10"}
    given |= {"coupon_days": "30", "is_active": "on", "tiers-TOTAL_FORMS": "1", "tiers-INITIAL_FORMS": "0"}
    given |= {"tiers-0-name": "Everybody", "tiers-0-from_points": "0", "tiers-0-percent": "110"}
    saved = client.post("/admin/ecommerce/loyaltyprogram/add/", given)
    assert saved.status_code == 302, saved.context["errors"]
    assert (selectors.running().name, LoyaltyProgram.objects.filter(is_active=True).count()) == ("Monsoon", 1)
    assert selectors.running().tiers.get().percent == 110
    assert client.get("/admin/ecommerce/loyaltyentry/").status_code == 200
    client.force_login(clerk)
    assert client.post("/admin/ecommerce/loyaltyprogram/add/", given | {"name": "Mine"}).status_code == 403
