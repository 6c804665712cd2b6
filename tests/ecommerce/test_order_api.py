"""The API from the cart to the TrxID: the same services, rules and sentences as the pages."""

import json
from uuid import uuid4

import pytest
from django.urls import reverse

from apps.ecommerce.models import Cart, CartItem, Coupon, Order, Payment, Variant
from apps.ecommerce.services.coupons import WRONG_CODES
from tests.ecommerce.buying import HOME, balance, give, one, order, put, state, tell

pytestmark = pytest.mark.django_db
API = "/api/v1/store/"
WATCHED = (Order, Payment, Variant, CartItem)

# Address × who: visitor, buyer, another member, staff of the order desk, staff of the catalogue.
MATRIX = {
    ("api_cart", "get"): "403 200 200 200 200",
    ("api_cart", "post"): "403 201 201 201 201",
    ("api_cart_line", "patch"): "403 200 404 404 404",
    ("api_cart_line", "delete"): "403 204 204 204 204",
    ("api_quote", "get"): "403 200 200 200 200",
    ("api_orders", "get"): "403 200 200 200 200",
    ("api_orders", "post"): "403 409 409 409 409",  # nobody has seen this sum; the others' carts are empty
    ("api_order", "get"): "403 200 404 200 404",
    ("api_cancel_order", "post"): "403 200 404 400 404",  # staff give a reason
    ("api_tell_payment", "post"): "403 200 404 404 404",
}


def send(client, method, path, data=None, *, key=""):
    headers = {"Idempotency-Key": key} if key else {}
    return getattr(client, method)(path, json.dumps(data or {}), content_type="application/json", headers=headers)


@pytest.mark.parametrize("row", MATRIX, ids=" ".join)
def test_who_gets_which_answer(client, shop, rafi, mim, packer, clerk, numbers, row):
    name, method = row
    bought = order(rafi, shop.product(stock=9), provider="bkash")
    lies = shop.product("Cap", stock=9)
    put(rafi, lies)
    arguments = {"api_cart_line": [one(lies).pk]}
    alone = ("api_cart", "api_quote", "api_orders")
    url = reverse(f"ecommerce:{name}", args=arguments.get(name, [] if name in alone else [bought.number]))
    data = {
        "api_cart": {"variant": one(lies).pk},
        "api_cart_line": {"quantity": 2},
        "api_orders": {**HOME, "provider": "cod", "seen": "0" * 32},
        "api_tell_payment": {"trx_id": "DKT7J2MQ4X", "sender": "01712-345678"},
    }.get(name, {})
    got = []
    for user in (None, mim, packer, clerk, rafi):
        client.logout()
        if user:
            client.force_login(user)
        before = state(*WATCHED)
        response = client.get(url) if method == "get" else send(client, method, url, data, key=uuid4().hex)
        got.append(str(response.status_code))
        if response.status_code >= 400:
            assert state(*WATCHED) == before
    visitor, other, desk, catalogue, buyer = got
    assert " ".join((visitor, buyer, other, desk, catalogue)) == MATRIX[row]


@pytest.fixture
def buyer(client, rafi):
    client.force_login(rafi)
    return client


def quote(client, **asked):
    return client.get(f"{API}quote/", asked).json()


def placing(seen, **changes):
    return {**HOME, "provider": "bkash", "seen": seen, **changes}


def test_from_an_empty_cart_to_a_trx_id_that_was_told(buyer, shop, numbers):
    cap = one(shop.product("Cap", price_poisha=75_000, price_coins=1_500, stock=9))
    assert buyer.get(f"{API}cart/").json() == {"lines": []}

    [line] = send(buyer, "post", f"{API}cart/", {"variant": cap.pk}).json()["lines"]
    assert (line["name"], line["currency"], line["unit_price"], line["problem"]) == ("Cap", "taka", 75_000, "")
    [line] = send(buyer, "patch", f"{API}cart/{cap.pk}/", {"quantity": 2}).json()["lines"]
    assert (line["quantity"], line["total"]) == (2, 150_000)
    assert quote(buyer)["shipping_poisha"] is None
    told = quote(buyer, district="Sylhet")
    assert (told["shipping_poisha"], told["total_poisha"]) == (12_000, 162_000)

    placed = send(buyer, "post", f"{API}orders/", placing(told["seen"], district="Sylhet"), key=uuid4().hex)
    assert placed.status_code == 201
    made = placed.json()
    assert (made["status"], made["total_poisha"], made["due_poisha"]) == ("pending", 162_000, 162_000)
    assert made["payment"]["pay_to"]["number"] == "01811-000000"
    assert made["address"]["division"] == "sylhet"
    assert buyer.get(f"{API}cart/").json() == {"lines": []}

    own = f"{API}orders/{made['number']}/"
    wrong = send(buyer, "post", f"{own}payment/", {"trx_id": "01712345678", "sender": "01712-345678"})
    assert wrong.json()["errors"]["trx_id"][0].startswith("That is a phone number.")
    good = {"trx_id": "dkt7 j2mq 4x", "sender": "01712-345678"}
    for _ in range(2):
        answered = send(buyer, "post", f"{own}payment/", good).json()
        assert (answered["payment"]["state"], answered["payment"]["trx_id"]) == ("submitted", "DKT7J2MQ4X")
    [listed] = buyer.get(f"{API}orders/").json()["results"]
    assert listed["number"] == made["number"]


def test_the_same_key_is_the_same_order_and_another_content_is_refused(buyer, shop, rafi):
    put(rafi, shop.product(price_poisha=75_000, stock=5))
    wanted = placing(quote(buyer, district="dhaka")["seen"], provider="cod")
    key = uuid4().hex

    first, second = (send(buyer, "post", f"{API}orders/", wanted, key=key) for _ in range(2))
    other = send(buyer, "post", f"{API}orders/", wanted | {"name": "Somebody Else"}, key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["number"] == second.json()["number"]
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert Order.objects.count() == 1


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "ключ" * 5])
def test_an_order_needs_a_key(buyer, shop, rafi, key):
    put(rafi, shop.product(stock=5))
    before = state(*WATCHED)
    refused = send(buyer, "post", f"{API}orders/", placing("0" * 32), key=key)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["Idempotency-Key"])
    assert state(*WATCHED) == before


def test_a_price_that_changed_is_told_and_nothing_is_ordered(buyer, shop, rafi):
    cap = shop.product(price_poisha=75_000, stock=5)
    put(rafi, cap)
    seen = quote(buyer, district="dhaka")["seen"]
    shop.dearer(cap, 80_000)
    before = state(*WATCHED)

    refused = send(buyer, "post", f"{API}orders/", placing(seen, provider="cod"), key=uuid4().hex)

    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert "৳860 now" in refused.json()["detail"].replace("\u00a0", " ")
    assert state(*WATCHED) == before


BAD = [
    ("post", "cart/", {"variant": 404}, 404),
    ("post", "cart/", {"variant": "x"}, 400),
    ("post", "cart/", {"variant": 1, "quantity": 0}, 400),
    ("post", "cart/", {"variant": 1, "quantity": 21}, 400),
    ("post", "cart/", {"variant": 1, "currency": "gold"}, 400),
    ("patch", "cart/404/", {"quantity": 1}, 404),
    ("patch", "cart/404/", {"quantity": -1}, 400),
]


@pytest.mark.parametrize(("method", "path", "data", "status"), BAD)
def test_a_cart_refuses_what_it_can_not_hold(buyer, shop, rafi, method, path, data, status):
    put(rafi, shop.product(stock=5))
    before = state(*WATCHED)
    refused = send(buyer, method, API + path, data)
    assert (refused.status_code, refused["Content-Type"]) == (status, "application/problem+json")
    assert state(*WATCHED) == before


def test_a_part_is_cancelled_and_coins_come_back(buyer, shop, rafi):
    give(rafi, 5_000)
    bought = order(
        rafi, shop.product(kind="digital", price_poisha=None, price_coins=600, stock=9), quantity=3, currency="coins"
    )
    line = bought.items.get()
    own = f"{API}orders/{bought.number}/cancel/"

    for lines in ({"x": 1}, {str(line.pk): -1}, {str(line.pk): 9}, {"404": 1}):
        before = state(*WATCHED)
        assert send(buyer, "post", own, {"lines": lines}).status_code in (400, 409)
        assert state(*WATCHED) == before

    part = send(buyer, "post", own, {"lines": {str(line.pk): 1}}).json()
    assert (part["status"], part["refunded_coins"], part["lines"][0]["cancelled"]) == ("confirmed", 600, 1)
    whole = [send(buyer, "post", own).json() for _ in range(2)]
    assert [each["status"] for each in whole] == ["cancelled", "cancelled"]
    assert balance(rafi) == 5_000


def test_a_coupon_that_can_not_be_used_costs_nobody_the_quote(buyer, shop, rafi):
    Coupon.objects.create(code="TEN", kind="percent", percent=10)
    put(rafi, shop.product(price_poisha=100_000, stock=5))
    assert quote(buyer, coupon="ten")["discount_poisha"] == 10_000
    told = quote(buyer, coupon="NONE")
    assert (told["discount_poisha"], "no coupon “NONE”" in told["coupon_refusal"]) == (0, True)


def test_codes_are_not_guessed_by_a_program(buyer, shop, rafi):
    Coupon.objects.create(code="TEN", kind="percent", percent=10)
    put(rafi, shop.product(price_poisha=100_000, stock=5))
    for number in range(WRONG_CODES):
        assert quote(buyer, coupon=f"GUESS{number}")["coupon_refusal"].startswith("There is no coupon")
    assert quote(buyer, coupon="GUESS")["coupon_refusal"].startswith("That was too often.")
    assert quote(buyer, coupon="TEN")["discount_poisha"] == 10_000


def test_staff_read_an_order_and_others_do_not_learn_that_it_exists(client, shop, rafi, mim, packer, numbers):
    bought = order(rafi, shop.product(stock=9), provider="bkash")
    tell(rafi, bought)
    client.force_login(packer)
    assert client.get(f"{API}orders/{bought.number}/").json()["payment"]["state"] == "submitted"
    client.force_login(mim)
    missing = client.get(f"{API}orders/{bought.number}/").json()
    nothing = client.get(f"{API}orders/DC-0000-00/").json()
    assert missing["detail"] == nothing["detail"]


def test_a_list_costs_the_same_however_long_and_goes_on(buyer, shop, rafi, django_assert_max_num_queries):
    thing = shop.product(stock=90)
    costs = []
    for _ in range(3):
        order(rafi, thing)
        with django_assert_max_num_queries(12) as queries:
            assert buyer.get(f"{API}orders/").status_code == 200
        costs.append(len(queries))
    assert len(set(costs)) == 1
    assert Cart.objects.filter(user=rafi).count() == 1
