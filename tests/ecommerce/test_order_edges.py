"""Where money is easily wrong: postage for nothing, orders that cost nothing, keys that are no keys, two at once."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.ecommerce.errors import NotPossibleNow, OrderKeyReused
from apps.ecommerce.models import Coupon, Order, OrderItem, Refund
from apps.ecommerce.services import coupons, orders, payments, pricing, refunds
from apps.notifications.models import Notification
from tests.ecommerce.buying import balance, bring, give, order, put, state, tell
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.shop import Shop
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db
KEY = "a-key-of-one-refund"


def cancel(user, bought, product):
    line = bought.items.get(product=product)
    orders.cancel(actor=user, number=bought.number, lines={line.pk: line.left}, why="Changed my mind")
    bought.refresh_from_db()


def refund(actor, bought, key=KEY, **changes):
    given = {"amount_poisha": 10_000, "provider": "bkash", "reference": "DKT7J2MQ4X", "reason": "It came back"}
    return refunds.record_refund(actor=actor, number=bought.number, idempotency_key=key, **{**given, **changes})


@pytest.fixture
def cap(shop):
    return shop.product("Cap", stock=9, price_poisha=75_000)


@pytest.fixture
def code(shop):
    return shop.product("Code", stock=9, price_poisha=20_000, kind="digital")


def test_when_the_parcel_is_cancelled_its_postage_is_not_owed(cap, code, rafi, numbers):
    put(rafi, cap)
    bought = order(rafi, code, provider="bkash")
    assert bought.due_poisha == 101_000
    cancel(rafi, bought, cap)
    assert (bought.due_poisha, bought.needs_shipping) == (20_000, False)
    assert bought.payments.get(state="open").amount_poisha == 20_000
    cancel(rafi, bought, code)
    assert (bought.status, bought.waived_poisha) == ("cancelled", bought.total_poisha)


def test_when_the_parcel_is_cancelled_paid_postage_is_owed_back(cap, code, rafi, numbers, packer):
    put(rafi, cap)
    bought = order(rafi, code, provider="bkash")
    payments.verify(actor=packer, payment_id=tell(rafi, bought).pk)
    cancel(rafi, bought, cap)
    assert (bought.status, bought.owed_back_poisha) == ("confirmed", 81_000)
    assert bring(packer, bought, "processing", "delivered").status == "delivered"


def test_as_long_as_a_thing_is_sent_the_postage_stays(cap, code, shop, rafi, numbers):
    put(rafi, code)
    bought = order(rafi, cap, provider="bkash", quantity=2)
    line = bought.items.get(product=cap)
    orders.cancel(actor=rafi, number=bought.number, lines={line.pk: 1})
    cancel(rafi, bought, code)
    assert (bought.due_poisha, bought.needs_shipping) == (81_000, True)


def test_no_courier_takes_cash_for_what_is_not_sent(cap, code, rafi, packer):
    put(rafi, cap)
    bought = order(rafi, code, provider="cod")
    cancel(rafi, bought, cap)
    bring(packer, bought, "confirmed", "processing")
    with pytest.raises(NotPossibleNow, match="no courier takes money"):
        orders.advance(actor=packer, number=bought.number, to="delivered")
    bought.refresh_from_db()
    assert (bought.status, bought.paid_poisha) == ("processing", 0)


def test_an_order_that_costs_nothing_is_confirmed_and_says_so(code, rafi, packer):
    Coupon.objects.create(code="GIFT", kind="percent", percent=100)
    bought = order(rafi, code, provider="", coupon="GIFT")
    assert (bought.status, bought.total_poisha, bought.payments.count()) == ("confirmed", 0, 0)
    assert "There is nothing to pay." in Notification.objects.get(type="ecommerce.order_placed").body
    orders.cancel(actor=rafi, number=bought.number)
    bought.refresh_from_db()
    assert (bought.status, bought.owed_back_poisha, Coupon.objects.get().used) == ("cancelled", 0, 0)


@pytest.mark.parametrize("key", ["", "x" * 65, "a key with a line\nbreak in it"])
def test_a_key_that_is_none_records_no_refund(cap, rafi, refunder, numbers, key):
    bought = order(rafi, cap, provider="bkash")
    payments.verify(actor=refunder, payment_id=tell(rafi, bought).pk)
    orders.cancel(actor=rafi, number=bought.number)
    before = state(Order, Refund)
    with pytest.raises(DomainError) as refused:
        refund(refunder, bought, key)
    assert (refused.value.field, state(Order, Refund)) == ("idempotency_key", before)


@pytest.mark.parametrize("changes", [{"provider": "nagad"}, {"amount_poisha": 9_999}, {"reference": "OTHER"}])
def test_a_key_with_another_refund_is_told(cap, rafi, refunder, numbers, changes):
    bought = order(rafi, cap, provider="bkash")
    payments.verify(actor=refunder, payment_id=tell(rafi, bought).pk)
    orders.cancel(actor=rafi, number=bought.number)
    assert refund(refunder, bought).pk == refund(refunder, bought).pk
    with pytest.raises(OrderKeyReused):
        refund(refunder, bought, **changes)
    assert (Refund.objects.count(), Order.objects.get().refunded_poisha) == (1, 10_000)


@given(
    unit=st.integers(1, 10**8),
    quantity=st.integers(1, 20),
    part=st.fractions(0, 1),
    steps=st.lists(st.integers(1, 20), min_size=1, max_size=20),
)
def test_parts_of_a_line_come_to_exactly_the_line(unit, quantity, part, steps):
    """However it is cancelled or returned, no poisha is lost or made."""
    item = OrderItem(unit_price=unit, quantity=quantity, discount_poisha=int(unit * quantity * part))
    back = []
    for wanted in (*steps, quantity):
        count = min(wanted, item.left)
        back.append(pricing.value_of(item, count))
        item.returned_quantity += count
    assert (sum(back), min(back) >= 0, item.left) == (item.net, True, 0)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any), st.fractions(0, 1))
def test_a_discount_is_split_to_the_last_poisha_and_no_line_gets_more_than_it_costs(weights, part):
    amount = int(sum(weights) * part)
    shares = coupons._split(amount, weights)
    assert sum(shares) == amount
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_orders_refunded_at_once_with_one_key_are_one_refund():
    shop = Shop(make_user("boss", is_staff=True, is_superuser=True))
    staff = staff_with("desk", "process_order", "refund_order")
    rafi = make_user("rafi")
    give(rafi, 120)
    frame = shop.product("Frame", stock=9, price_poisha=None, price_coins=60)
    cap = shop.product("Cap", stock=9, price_poisha=75_000)
    both = []
    for _ in range(2):
        put(rafi, frame)
        bought = order(rafi, cap, provider="cod")
        bring(staff, bought, "confirmed", "processing", "shipped", "delivered")
        orders.take_back(actor=staff, number=bought.number, lines=None, why="All of it came back")
        both.append(bought)
    ended = at_once(*[lambda bought=bought: refund(staff, bought) for bought in both * 3])
    assert ended == {"done": 3, "OrderKeyReused": 3}
    assert (Refund.objects.filter(amount_poisha__gt=0).count(), balance(rafi)) == (1, 120)
