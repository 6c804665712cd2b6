"""Points where they are wanted: at the checkout and beside one's orders."""

import pytest

from apps.ecommerce.models import Coupon, LoyaltyAccount, LoyaltyEntry, LoyaltyProgram, Order
from apps.ecommerce.services import loyalty
from tests.ecommerce.buying import HOME, put, state
from tests.ecommerce.test_pages import text

pytestmark = pytest.mark.django_db
CHECKOUT = "/crownstore/checkout/"
POINTS = (Coupon, LoyaltyAccount, LoyaltyEntry, Order)


@pytest.fixture
def buyer(client, rafi, shop):
    """Rafi with 120 points and a cart of ৳1,000."""
    LoyaltyProgram.objects.update(is_active=False)
    LoyaltyProgram.objects.create(
        name="Delta points", points_per_100_taka=1, point_value_poisha=100, smallest_redemption=50, is_active=True
    )
    account = loyalty.lock_account(rafi.pk)
    LoyaltyAccount.objects.filter(pk=account.pk).update(points=120, earned=120)
    put(rafi, shop.product(price_poisha=100_000, stock=9))
    client.force_login(rafi)
    return client


def typed(page, **changes):
    return {**HOME, "provider": "cod", "points_key": page.context["points_key"], **changes}


def test_checkout_says_what_points_are_worth_and_what_the_order_brings(buyer):
    page = text(buyer.get(CHECKOUT))
    assert "You have 120 points, worth ৳120" in page
    assert "This order brings 10 more" in page
    assert "Use 120 points: ৳120 off" in page


def test_points_take_something_off_and_what_was_typed_stays(buyer, rafi):
    page = buyer.get(CHECKOUT)
    sent = typed(page, use_points="120", street="House 99")

    first, second = buyer.post(CHECKOUT, sent), buyer.post(CHECKOUT, sent)

    coupon = Coupon.objects.get(owner=rafi)
    assert (coupon.amount_poisha, LoyaltyAccount.objects.get(user=rafi).points) == (12_000, 0)
    for answered in (first, second):
        assert answered.status_code == 200
        assert answered.context["quote"].discount_poisha == 12_000
        assert answered.context["form"]["coupon"].value() == coupon.code
        assert answered.context["form"]["street"].value() == "House 99"
    assert "Use 120 points" not in text(first)

    buyer.post(CHECKOUT, typed(page, coupon=coupon.code))
    review = buyer.get(f"{CHECKOUT}review/")
    assert "It brings 8 points" in text(review)
    placed = {"key": review.context["key"], "seen": review.context["quote"].seen}
    assert buyer.post(f"{CHECKOUT}review/", placed).status_code == 302
    assert Order.objects.get().discount_poisha == 12_000


def test_a_coupon_of_ones_own_is_used_by_one_press(buyer, rafi):
    coupon = loyalty.redeem(actor=rafi, points=60, idempotency_key="k" * 20)
    page = buyer.get(CHECKOUT)
    assert f"Use {coupon.code}: ৳60 off" in text(page)
    answered = buyer.post(CHECKOUT, typed(page, use_coupon=coupon.code))
    assert answered.context["quote"].discount_poisha == 6_000
    assert "Use" not in [each.code for each in answered.context["points"].coupons]


@pytest.mark.parametrize("points", ["121", "49", "0", "-5", "x", "9" * 9])
def test_points_that_nobody_has_change_nothing(buyer, points):
    page = buyer.get(CHECKOUT)
    before = state(*POINTS)
    answered = buyer.post(CHECKOUT, typed(page, use_points=points))
    assert answered.context["points_refusal"]
    assert answered.context["form"]["name"].value() == HOME["name"]
    assert state(*POINTS) == before


def test_no_more_points_are_offered_than_the_goods_cost(buyer, rafi, shop):
    LoyaltyAccount.objects.filter(user=rafi).update(points=5_000)
    assert buyer.get(CHECKOUT).context["points"].usable == 1_000
    LoyaltyAccount.objects.filter(user=rafi).update(points=49)
    page = buyer.get(CHECKOUT)
    assert (page.context["points"].usable, "From 50 points on" in text(page)) == (0, True)


def test_nothing_is_said_where_no_programme_runs(buyer):
    LoyaltyProgram.objects.update(is_active=False)
    page = buyer.get(CHECKOUT)
    assert (page.context["points"], "points" in text(page)) == (None, False)


def test_orders_show_the_points_and_an_order_what_it_brought(buyer, rafi, shop):
    bought = Order.objects.create(
        number="DC-TEST-22", user=rafi, status="completed", provider="cod", idempotency_key="x" * 16, fingerprint="x"
    )
    account = loyalty.lock_account(rafi.pk)
    LoyaltyEntry.objects.create(account=account, kind="earned", points=14, points_after=134, order=bought)
    LoyaltyEntry.objects.create(account=account, kind="taken_back", points=-4, points_after=130, order=bought)
    assert "120 points, worth ৳120" in text(buyer.get("/crownstore/orders/"))
    assert "It brought you 10 points" in text(buyer.get(bought.get_absolute_url()))
