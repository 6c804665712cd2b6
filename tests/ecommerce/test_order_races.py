"""Many buyers at once, on real connections: exactly right, and nobody gets an error page. 100 rounds: drills.store."""

from uuid import uuid4

import pytest
from django.db import connection

from apps.ecommerce.models import Cart, Coupon, CouponUse, Order, Payment, Reservation, Variant
from apps.ecommerce.services import orders, payments
from apps.ecommerce.services.checkout import place_order
from apps.ecommerce.services.expiry import expire
from apps.economy.selectors.proof import prove
from tests.ecommerce.buying import a_trx_id, balance, details, give, one, order, put, seen, tell
from tests.ecommerce.test_payments import late
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def checkout_of(user, wanted=None, key=""):
    """What their button does, once it is pressed."""
    wanted = wanted or details()
    saw, key = seen(user, wanted), key or uuid4().hex
    return lambda: place_order(actor=user, details=wanted, seen=saw, idempotency_key=key)


def buyers(product, number, quantity=1):
    people = [make_user() for _ in range(number)]
    for user in people:
        put(user, product, quantity=quantity)
    return people


def stock_of(product):
    return Variant.objects.get(product=product).stock


def test_the_last_one_is_sold_once(shop):
    last = shop.product(stock=1)
    ended = at_once(*[checkout_of(user) for user in buyers(last, 20)])
    assert ended["done"] == 1
    assert sum(ended.values()) == 20
    assert set(ended) <= {"done", "SoldOut", "Conflict"}
    assert (Order.objects.count(), stock_of(last), Reservation.objects.count()) == (1, 0, 1)


def test_of_seven_two_each_go_to_three(shop):
    some = shop.product(stock=7)
    ended = at_once(*[checkout_of(user) for user in buyers(some, 12, quantity=2)])
    assert (ended["done"], Order.objects.count(), stock_of(some)) == (3, 3, 1)


def test_an_edition_of_five_ends_at_five(shop):
    poster = shop.product(stock=None, edition=5)
    ended = at_once(*[checkout_of(user) for user in buyers(poster, 12)])
    poster.refresh_from_db()
    assert (ended["done"], poster.edition_sold) == (5, 5)


def test_baskets_in_opposite_order_do_not_lock_each_other_out(shop):
    things = [shop.product(stock=50) for _ in range(4)]
    people = [make_user() for _ in range(16)]
    for number, user in enumerate(people):
        put(user, *(things if number % 2 else reversed(things)))
    assert at_once(*[checkout_of(user) for user in people]) == {"done": 16}
    assert [stock_of(thing) for thing in things] == [34] * 4


def test_a_coupon_with_one_use_is_used_once(shop, keeper):
    coupon = Coupon.objects.create(code="ONCE", kind="fixed", amount_poisha=5_000, total_limit=1)
    people = buyers(shop.product(stock=50), 12)
    ended = at_once(*[checkout_of(user, details(coupon="ONCE")) for user in people])
    coupon.refresh_from_db()
    assert (ended["done"], coupon.used, CouponUse.objects.count(), Order.objects.count()) == (1, 1, 1, 1)


def test_one_key_many_times_is_one_order(shop, rafi):
    product = shop.product(stock=9)
    put(rafi, product)
    press = checkout_of(rafi)
    numbers = []
    assert at_once(*[lambda: numbers.append(press().number)] * 20) == {"done": 20}
    assert (len(numbers), len(set(numbers)), Order.objects.count(), stock_of(product)) == (20, 1, 1, 8)


def test_one_wallet_pays_for_one_cart(shop, rafi):
    give(rafi, 100)
    put(rafi, shop.product(stock=9, price_poisha=None, price_coins=60, kind="digital"))
    ended = at_once(*[checkout_of(rafi) for _ in range(10)])
    assert ended == {"done": 1, "CartEmpty": 9}
    assert (balance(rafi), prove().count, Cart.objects.get().items.count()) == (40, 0, 0)


def test_one_trx_id_pays_for_one_of_many_orders(shop, numbers):
    product = shop.product(stock=50)
    bought = [order(user, product, provider="bkash") for user in (make_user() for _ in range(10))]
    trx_id = a_trx_id()
    assert at_once(*[lambda b=b: tell(b.user, b, trx_id) for b in bought]) == {"done": 1, "TrxIdTaken": 9}
    assert Payment.objects.filter(state="submitted").count() == 1


def test_cancelled_ten_times_at_once_gives_back_once(shop, rafi):
    give(rafi, 100)
    put(rafi, shop.product("Frame", stock=9, price_poisha=None, price_coins=60))
    cap = shop.product("Cap", stock=9)
    bought = order(rafi, cap)
    assert at_once(*[lambda: orders.cancel(actor=rafi, number=bought.number)] * 10) == {"done": 10}
    assert (balance(rafi), stock_of(cap), prove().count) == (100, 9, 0)
    bought.refresh_from_db()
    assert (bought.refunded_coins, bought.events.filter(to_status="cancelled").exists()) == (60, True)


def test_told_while_it_ends_is_one_of_both(shop, rafi, numbers):
    product = shop.product(stock=9)
    for _ in range(3):
        bought = order(rafi, product, provider="bkash")
        late(bought)
        before = stock_of(product)
        ended = at_once(lambda b=bought: tell(rafi, b), lambda b=bought: expire(b.number))
        bought.refresh_from_db()
        if bought.status == "cancelled":
            assert (ended["NotPossibleNow"], stock_of(product)) == (1, before + 1)
        else:
            assert (ended["done"], bought.expires_at, stock_of(product)) == (2, None, before)


def test_found_and_rejected_at_once_is_one_of_both(shop, rafi, numbers, packer, refunder):
    bought = order(rafi, shop.product(), provider="bkash")
    payment = tell(rafi, bought)
    ended = at_once(
        lambda: payments.verify(actor=packer, payment_id=payment.pk),
        lambda: payments.reject(actor=refunder, payment_id=payment.pk, reason="No such transfer."),
        lambda: payments.verify(actor=packer, payment_id=payment.pk),
    )
    bought.refresh_from_db()
    payment.refresh_from_db()
    assert set(ended) <= {"done", "NotPossibleNow"}
    assert (payment.state, bought.paid_poisha) in [("verified", 151_000), ("rejected", 0)]


def test_a_cart_and_its_checkout_at_once_lose_nothing(shop, rafi):
    cap, mug = shop.product("Cap", stock=9), shop.product("Mug", stock=9)
    put(rafi, cap)
    press = checkout_of(rafi)
    ended = at_once(press, lambda: put(rafi, mug))
    left = Cart.objects.get().items.count()
    assert ended["done"] + ended["PriceChanged"] == 2
    assert left == (1 if Order.objects.exists() else 2)
    assert one(cap).stock == 9 - Order.objects.count()
