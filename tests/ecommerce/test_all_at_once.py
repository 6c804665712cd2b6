"""A checkout that is refused says all that is wrong in one answer, and changes nothing."""

import json
import re
from itertools import combinations
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.errors import Conflict, DomainError, SeveralRefusals
from apps.ecommerce.models import Address, Cart, CartItem, Coupon, CouponUse, Order, Payment, Reservation, Variant
from apps.ecommerce.services import addresses, judging
from apps.ecommerce.services.judging import Details
from apps.economy.errors import NotEnoughCoins
from apps.economy.models import DeltaCrownTransaction
from tests.ecommerce.buying import HOME, details, give, one, order, place, put, seen, state
from tests.ecommerce.test_pages import text

pytestmark = pytest.mark.django_db
CHECKOUT, REVIEW, API = "/crownstore/checkout/", "/crownstore/checkout/review/", "/api/v1/store/orders/"
WATCHED = (Order, Payment, Variant, Cart, CartItem, Reservation, Coupon, CouponUse, DeltaCrownTransaction)

# What can be wrong, in the order of the page, and what the sentence says to do.
WRONG = {
    "name": ("", "such as Rafi Islam"),
    "phone": ("12345", "such as 01712-345678"),
    "district": ("", "such as Dhaka"),
    "area": ("", "such as Mirpur or Savar"),
    "street": ("x" * 161, "longer than 160 characters"),
    "postcode": ("12", "such as 1216"),
    "note": ("n" * 301, "at most 300 characters"),
    "provider": ("gold", "such as bKash"),
    "coupon": ("GONE", "used up"),
}
TOGETHER = [
    *combinations(WRONG, 1),
    ("phone", "district"),
    ("phone", "district", "coupon"),
    ("name", "provider"),
    ("area", "street", "postcode"),
    ("note", "coupon"),
    ("provider", "coupon"),
    tuple(WRONG),
]


@pytest.fixture
def cart(shop, rafi):
    """A cap in Rafi's cart, and a coupon that somebody else used up."""
    Coupon.objects.create(code="GONE", kind="percent", percent=10, total_limit=1, used=1)
    put(rafi, shop.product("Cap", price_poisha=75_000))
    return Cart.objects.get(user=rafi)


def typed(names):
    return {**HOME, "provider": "cod", "note": "", "coupon": ""} | {name: WRONG[name][0] for name in names}


@pytest.mark.parametrize("names", TOGETHER, ids=" ".join)
def test_all_that_is_wrong_is_said_at_once_and_nothing_changes(cart, rafi, client, names):
    saw = seen(rafi, details())
    before = state(*WATCHED)

    with pytest.raises(DomainError) as refused:
        place(rafi, Details(**typed(names)), saw=saw)
    client.force_login(rafi)
    page = client.post(CHECKOUT, typed(names))
    api = client.post(
        API,
        json.dumps(typed(names) | {"seen": saw}),
        content_type="application/json",
        headers={"Idempotency-Key": uuid4().hex},
    )

    by_field = refused.value.by_field
    assert list(by_field) == list(names)
    for name in names:
        assert WRONG[name][1] in by_field[name][0]
    assert (api.json()["errors"], api.status_code, api.json()["code"]) == (by_field, 400, "invalid")
    assert page.status_code == 422
    assert {name: list(errors) for name, errors in page.context["form"].errors.items()} == by_field
    assert state(*WATCHED) == before


def test_the_page_keeps_what_was_typed_and_leads_to_each_field(cart, rafi, client):
    client.force_login(rafi)
    names = ("phone", "district", "provider", "coupon")
    page = client.post(CHECKOUT, typed(names)).content.decode()

    summary = re.search(r'<div class="form-errors" role="alert" tabindex="-1" autofocus.*?</div>', page, re.DOTALL)[0]
    assert re.findall(r'href="#id_(\w+)"', summary) == ["phone", "district", "provider", "coupon"]
    for name in names:
        assert page.count(f'id="id_{name}"') == 1
        assert f'id="id_{name}_error"' in page
        assert re.search(rf'aria-describedby="[^"]*id_{name}_error', page)
    for value in ("Rafi Islam", "12345", "Mirpur", "House 12, Road 5", "1216", "GONE"):
        assert f'value="{value}"' in page


def test_what_depends_on_an_answer_waits_for_it(shop, rafi):
    """৳19,950 may be paid at the door, and with postage not any more: nobody can know before there is a district."""
    put(rafi, shop.product(price_poisha=1_995_000))
    cart = Cart.objects.get(user=rafi)
    told = [
        judging.judge(actor=rafi, cart=cart, details=details(district=district)).wrong.each
        for district in ("", "sylhet")
    ]
    assert [[refusal.field for refusal in each] for each in told] == [["district"], ["provider"]]


def test_without_a_parcel_only_name_and_phone_are_asked(shop, rafi, numbers, client):
    put(rafi, shop.product(kind="digital", stock=None, price_poisha=9_500))
    client.force_login(rafi)
    page = client.post(CHECKOUT, {"name": "", "phone": "", "provider": "cod"})
    assert list(page.context["form"].errors) == ["name", "phone", "provider"]


def test_what_is_wrong_in_the_cart_is_said_with_the_rest(shop, rafi, client):
    cap, mug = shop.product("Cap"), shop.product("Mug")
    put(rafi, cap, mug)
    for product in (cap, mug):
        shop.restock(one(product), 0)
    before = state(*WATCHED)
    client.force_login(rafi)

    page = client.post(CHECKOUT, typed(["phone"]))

    assert list(page.context["form"].errors) == ["__all__", "phone"]
    for words in ("Cap, Standard: ", "Mug, Standard: ", "such as 01712-345678"):
        assert words in text(page)
    assert state(*WATCHED) == before


def test_when_only_the_cart_is_wrong_it_is_shown_and_the_details_are_kept(shop, rafi, client):
    give(rafi, 599)
    put(rafi, shop.product("Frame", price_poisha=None, price_coins=600))
    client.force_login(rafi)

    answer = client.post(CHECKOUT, {**HOME, "provider": "cod"})

    assert answer.url == "/crownstore/cart/"
    assert "This takes 600 DC and you have 599 DC to spend" in text(client.get(answer.url))
    assert 'value="House 12, Road 5"' in client.get(CHECKOUT).content.decode()
    assert not Order.objects.exists()


def test_too_few_coins_and_a_wrong_phone_are_told_together(shop, rafi):
    put(rafi, shop.product(price_poisha=None, price_coins=600))
    with pytest.raises(SeveralRefusals) as refused:
        place(rafi, details(phone="1"))
    assert list(refused.value.by_field) == ["phone", "cart"]
    assert [type(each) for each in refused.value.each] == [DomainError, NotEnoughCoins]


def test_what_went_wrong_since_is_said_at_its_fields(cart, rafi, client):
    coupon = Coupon.objects.create(code="TEN", kind="percent", percent=10)
    client.force_login(rafi)
    client.post(CHECKOUT, {**HOME, "provider": "cod", "coupon": "TEN"})
    shown = client.get(REVIEW)
    Coupon.objects.filter(pk=coupon.pk).update(total_limit=1, used=1)
    before = state(*WATCHED)

    sent = {"key": shown.context["key"], "seen": shown.context["quote"].seen}
    answer = client.post(REVIEW, sent, follow=True)

    assert answer.redirect_chain == [(f"{CHECKOUT}?check=1", 302)]
    assert list(answer.context["form"].errors) == ["coupon"]
    assert 'value="House 12, Road 5"' in answer.content.decode()
    assert state(*WATCHED) == before


def test_signs_that_no_database_keeps_are_dropped_or_refused(cart, rafi, client):
    client.force_login(rafi)
    page = client.post(CHECKOUT, {name: f"\x00{value}\x00" for name, value in {**HOME, "provider": "cod"}.items()})
    assert list(page.context["form"].errors) == ["provider"]
    assert not Order.objects.exists()


def test_a_form_that_was_not_sent_whole_is_refused_like_an_empty_one(cart, rafi, client):
    client.force_login(rafi)
    page = client.post(CHECKOUT, {})
    assert list(page.context["form"].errors) == ["name", "phone", "district", "area", "street", "provider"]


def test_an_address_says_all_that_is_wrong_with_it(rafi, client):
    nothing = dict.fromkeys(HOME, "")
    with pytest.raises(SeveralRefusals) as refused:
        addresses.save_address(actor=rafi, **nothing)
    assert list(refused.value.by_field) == ["name", "phone", "district", "area", "street"]
    client.force_login(rafi)
    page = client.post("/me/addresses/add/", nothing)
    assert {name: list(errors) for name, errors in page.context["form"].errors.items()} == refused.value.by_field
    assert not Address.objects.exists()


def test_a_transfer_says_all_that_is_wrong_with_it(shop, rafi, numbers, client):
    bought = order(rafi, shop.product(), provider="bkash")
    client.force_login(rafi)
    before = state(*WATCHED)
    fake = SimpleUploadedFile("shot.png", b"no picture")

    page = client.post(
        reverse("ecommerce:tell_payment", args=[bought.number]), {"trx_id": "", "sender": "12", "proof": fake}
    )
    api = client.post(
        f"{API}{bought.number}/payment/", json.dumps({"trx_id": "", "sender": "12"}), content_type="application/json"
    )

    assert sorted(page.context["form"].errors) == ["proof", "sender", "trx_id"]
    assert list(api.json()["errors"]) == ["trx_id", "sender"]
    assert state(*WATCHED) == before


def test_several_refusals_of_one_kind_stay_of_that_kind():
    both = SeveralRefusals([Conflict("A.", field="a"), Conflict("B.", field="a")])
    mixed = SeveralRefusals([Conflict("A.", field="a"), DomainError("B.")])
    assert (both.status, both.code, both.by_field) == (409, "conflict", {"a": ["A.", "B."]})
    assert (mixed.status, mixed.code, mixed.message) == (400, "invalid", "A. B.")
