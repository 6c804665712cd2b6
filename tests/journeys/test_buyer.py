"""A buyer on a phone: from a visitor's cart to a TrxID that was told, with and without JavaScript."""

import re

import pytest

from apps.ecommerce.models import CartItem, LoyaltyAccount, LoyaltyProgram, Order
from tests.ecommerce.buying import open_numbers
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user


@pytest.fixture
def shop(transactional_db):
    open_numbers()
    return Shop(
        staff_with("keeper", "view_product", "add_product", "change_product", "publish_product", "change_stock")
    )


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without"])
def test_a_buyer_orders_and_tells_the_trx_id(person, live_site, shop, js):
    cap = shop.product("Rickshaw art cap", price_poisha=75_000, price_coins=1_500, stock=5)
    rafi = make_user("rafi")
    LoyaltyProgram.objects.update(is_active=False)
    LoyaltyProgram.objects.create(name="Delta points", point_value_poisha=100, smallest_redemption=50, is_active=True)
    LoyaltyAccount.objects.create(user=rafi, points=70, earned=70)
    buyer = person("phone", js=js)
    page = buyer.page
    page.set_default_timeout(60_000)  # a busy machine is no fault

    def look() -> None:
        """axe is JavaScript itself, so without it the pages are not looked at."""
        if js:
            buyer.assert_accessible()

    buyer.visit(cap.get_absolute_url())
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("button", name="One more of Rickshaw art cap").click()
    page.get_by_text("৳1,500", exact=True).first.wait_for()
    look()
    assert CartItem.objects.get().quantity == 2

    buyer.log_in(rafi)
    CartItem.objects.filter(cart__user=rafi).delete()
    buyer.visit(cap.get_absolute_url())
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="To the checkout").click()
    page.get_by_label("Who receives it").fill("Rafi Islam")
    page.get_by_label("Mobile number").fill("12345")
    page.get_by_label("District").select_option("sylhet")
    page.get_by_label("Area or upazila").fill("Zindabazar")
    page.get_by_label("House and road, or village").fill("House 12, Road 5")
    page.get_by_text("bKash", exact=True).click()
    page.get_by_role("button", name="Use 70 points: ৳70 off").click()
    page.get_by_text("Coupon PTS-").wait_for()
    look()
    page.get_by_label("Mobile number").press("Enter")  # reviews the order, and makes no second coupon
    page.get_by_text("Write a mobile number of Bangladesh").first.wait_for()
    look()
    assert page.get_by_label("House and road, or village").input_value() == "House 12, Road 5"
    page.get_by_label("Mobile number").fill("01712-345678")
    page.get_by_role("button", name="Review the order").click()

    page.get_by_role("heading", name="Is it right?").wait_for()
    look()
    page.get_by_role("button", name=re.compile("Place the order: ৳800")).click()
    page.get_by_text("Thank you. The order is placed.").wait_for()
    look()
    bought = Order.objects.get()
    assert (bought.status, bought.due_poisha, bought.district) == ("pending", 80_000, "sylhet")

    page.get_by_label("TrxID", exact=False).first.fill("01712345678")
    page.get_by_label("Sent from").fill("01712-345678")
    page.get_by_role("button", name="I have sent it").click()
    page.get_by_text("That is a phone number").first.wait_for()
    page.get_by_label("TrxID", exact=False).first.fill("dkt7 j2mq 4x")
    page.get_by_role("button", name="I have sent it").click()
    page.get_by_text("We look for your payment").wait_for()
    look()
    assert bought.payments.get().trx_id == "DKT7J2MQ4X"

    page.goto(f"{live_site.url}/crownstore/orders/")
    look()
    page.get_by_role("link", name=bought.number).click()
    page.get_by_role("link", name="Cancel something").click()
    look()
    page.get_by_role("button", name="Cancel the whole order").click()
    page.get_by_text("Cancelled. What you paid").wait_for()
    bought.refresh_from_db()
    assert bought.status == "cancelled"
    look()
    for path in (
        "/crownstore/",
        "/crownstore/cart/",
        "/crownstore/wishlist/",
        "/crownstore/points/",
        "/me/addresses/add/",
    ):
        buyer.visit(path)
        look()
