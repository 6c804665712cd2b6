"""Cart, checkout and orders as pages: who gets what, what is shown, what is never lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.ecommerce.models import Cart, CartItem, Order, Payment, PaymentProof
from apps.ecommerce.urls import urlpatterns
from tests.common.pictures import picture
from tests.ecommerce.buying import HOME, details, give, one, order, place, put, state, tell
from tests.ecommerce.test_pages import text
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db

# Address × who: visitor, buyer, another member, staff of the order desk, staff of the catalogue.
MATRIX = {
    ("cart", "get"): "200 200 200 200 200",
    ("add_to_cart", "post"): "302 302 302 302 302",
    ("change_cart", "post"): "404 302 404 404 404",
    ("checkout", "get"): "login 200 302 302 302",
    ("checkout", "post"): "login 302 302 302 302",
    ("review", "get"): "login 302 302 302 302",
    ("review", "post"): "login 302 302 302 302",
    ("orders", "get"): "login 200 200 200 200",
    ("order", "get"): "login 200 404 200 404",
    ("tell_payment", "post"): "login 422 404 302 404",
    ("choose_payment", "post"): "login 302 404 404 404",
    ("payment_proof", "get"): "login 200 404 200 404",
    ("start_paypal", "post"): "login 302 404 404 404",
    ("finish_paypal", "get"): "login 302 404 404 404",
    ("cancel_order", "get"): "login 200 404 404 404",
    ("cancel_order", "post"): "login 302 404 404 404",
    ("received", "post"): "login 302 404 404 404",
}
WATCHED = (Order, Payment, Cart, CartItem)


@pytest.mark.parametrize("row", MATRIX, ids=" ".join)
def test_who_gets_which_answer(client, shop, rafi, mim, packer, clerk, numbers, row):
    name, method = row
    bought = order(rafi, shop.product(stock=9), provider="bkash")
    PaymentProof.objects.create(payment=bought.payments.get(), image=b"webp")
    lies = shop.product("Cap", stock=9)
    put(rafi, lies)
    arguments = {
        "add_to_cart": [one(shop.product()).pk],
        "change_cart": [one(lies).pk],
        "payment_proof": [bought.number, bought.payments.get().pk],
    }
    alone = ("cart", "checkout", "review", "orders")
    url = reverse(f"ecommerce:{name}", args=arguments.get(name, [] if name in alone else [bought.number]))
    data = {"quantity": "1"} if name == "change_cart" else {"whole": "1"} if name == "cancel_order" else {}
    if (name, method) == ("checkout", "post"):
        data = {**HOME, "provider": "bkash"}
    got = []
    for user in (None, mim, packer, clerk, rafi):
        client.logout()
        if user:
            client.force_login(user)
        before = state(*WATCHED)
        response = getattr(client, method)(url, data)
        to_login = response.status_code == 302 and response.url.startswith("/accounts/login/")
        got.append("login" if to_login else str(response.status_code))
        if got[-1] in ("login", "404"):
            assert state(*WATCHED) == before
    visitor, other, desk, catalogue, buyer = got
    assert " ".join((visitor, buyer, other, desk, catalogue)) == MATRIX[row]


def test_every_address_of_buying_is_asked():
    buying = {
        pattern.name for pattern in urlpatterns if re.match(r"crownstore/(cart|checkout|orders)/", str(pattern.pattern))
    }
    assert buying - {"invoice"} == {name for name, _ in MATRIX}  # test_desk_matrix asks the invoice


def test_from_the_product_to_the_order_by_plain_forms(client, shop, rafi, mailoutbox):
    cap = shop.product("Rickshaw cap", price_poisha=75_000)
    client.force_login(rafi)
    assert "Add to cart" in text(client.get(cap.get_absolute_url()))
    client.post(reverse("ecommerce:add_to_cart", args=[one(cap).pk]))
    assert "Contains ৳97.83 of VAT" in text(client.get("/crownstore/cart/"))

    wrong = client.post("/crownstore/checkout/", {**HOME, "phone": "12345", "provider": "cod"})
    assert (wrong.status_code, "01712-345678" in text(wrong)) == (422, True)
    assert 'value="House 12, Road 5"' in wrong.content.decode()
    assert client.post("/crownstore/checkout/", {**HOME, "provider": "cod"}).url == "/crownstore/checkout/review/"

    review = client.get("/crownstore/checkout/review/")
    assert "Place the order: ৳810" in text(review)
    sent = {"key": review.context["key"], "seen": review.context["quote"].seen}
    first, second = (client.post("/crownstore/checkout/review/", sent) for _ in range(2))
    assert (first.status_code, first.url) == (302, second.url)

    bought = Order.objects.get()
    page = text(client.get(first.url))
    for words in (bought.number, "Thank you", "we ring +8801712345678", "Have ৳810 ready", "Rickshaw cap"):
        assert words in page
    assert bought.number in text(client.get("/crownstore/orders/"))


def test_a_price_that_changed_is_told_on_the_review(client, shop, rafi):
    cap = shop.product("Cap", price_poisha=75_000)
    put(rafi, cap)
    client.force_login(rafi)
    client.post("/crownstore/checkout/", {**HOME, "provider": "cod"})
    review = client.get("/crownstore/checkout/review/")
    sent = {"key": review.context["key"], "seen": review.context["quote"].seen}
    shop.dearer(cap, 80_000)

    told = client.post("/crownstore/checkout/review/", sent)

    assert told.status_code == 409
    assert "The sum is ৳860 now" in text(told)
    assert not Order.objects.exists()
    again = {"key": told.context["key"], "seen": told.context["quote"].seen}
    assert client.post("/crownstore/checkout/review/", again).status_code == 302
    assert Order.objects.get().total_poisha == 86_000


def test_a_second_tab_is_shown_the_order(client, shop, rafi):
    put(rafi, shop.product())
    client.force_login(rafi)
    client.post("/crownstore/checkout/", {**HOME, "provider": "cod"})
    tabs = [client.get("/crownstore/checkout/review/").context for _ in range(2)]
    answers = [
        client.post("/crownstore/checkout/review/", {"key": tab["key"], "seen": tab["quote"].seen}) for tab in tabs
    ]
    bought = Order.objects.get()
    assert [answer.url.split("?")[0] for answer in answers] == [bought.get_absolute_url()] * 2


def test_the_page_of_an_unpaid_order_says_how_to_pay(client, shop, rafi, numbers):
    bought = order(rafi, shop.product(price_poisha=75_000), provider="bkash")
    client.force_login(rafi)
    page = client.get(bought.get_absolute_url())
    for value in ("01811-000000", "810", bought.number):
        assert f'value="{value}"' in page.content.decode()
    assert "Kept for you until" in text(page)
    assert "<svg" in page.content.decode()

    wrong = client.post(
        reverse("ecommerce:tell_payment", args=[bought.number]), {"trx_id": "01712345678", "sender": "01712-345678"}
    )
    assert (wrong.status_code, "That is a phone number" in text(wrong)) == (422, True)
    assert 'value="01712345678"' in wrong.content.decode()

    client.post(
        reverse("ecommerce:tell_payment", args=[bought.number]), {"trx_id": "dkt7j2 mq4x", "sender": "01712345678"}
    )
    assert "TrxID DKT7J2MQ4X" in text(client.get(bought.get_absolute_url()))


def test_htmx_changes_the_cart_in_place(client, shop, rafi):
    cap = shop.product("Cap", stock=2)
    put(rafi, cap)
    client.force_login(rafi)
    url = reverse("ecommerce:change_cart", args=[one(cap).pk])
    piece = client.post(url, {"quantity": "2"}, headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode()
    assert 'hx-swap-oob="true"' in piece.content.decode()
    refused = client.post(url, {"quantity": "3"}, headers={"HX-Request": "true"})
    assert (refused.status_code, "only 2 left" in text(refused)) == (200, True)


@pytest.mark.parametrize("quantity", ["-1", "abc", "1.5", "9" * 40, "২", "\x00"])
def test_a_quantity_that_is_none_is_told(client, shop, rafi, quantity):
    cap = shop.product()
    put(rafi, cap)
    client.force_login(rafi)
    client.post(reverse("ecommerce:change_cart", args=[one(cap).pk]), {"quantity": quantity})
    assert "whole number from 1 to 20" in text(client.get("/crownstore/cart/"))
    assert CartItem.objects.get().quantity == 1


def test_cancelling_a_part_by_the_page(client, shop, rafi, numbers):
    bought = order(rafi, shop.product(stock=5, price_poisha=50_000), provider="bkash", quantity=3)
    client.force_login(rafi)
    item = bought.items.get()
    url = reverse("ecommerce:cancel_order", args=[bought.number])
    assert "Only some of it" in text(client.get(url))
    nothing = client.post(url, {f"line-{item.pk}": "0"})
    assert (nothing.status_code, "Choose at least one" in text(nothing)) == (422, True)
    client.post(url, {f"line-{item.pk}": "2", "why": "Too many"})
    bought.refresh_from_db()
    assert (bought.waived_poisha, bought.due_poisha, bought.status) == (100_000, 56_000, "pending")


def test_pages_cost_the_same_however_much_there_is(client, shop, rafi, numbers, django_assert_max_num_queries):
    give(rafi, 50_000)
    client.force_login(rafi)

    def costs():
        bought = Order.objects.latest("pk")
        found = []
        for url in ("/crownstore/cart/", "/crownstore/checkout/", "/crownstore/orders/", bought.get_absolute_url()):
            client.get(url)
            with django_assert_max_num_queries(100) as queries:
                client.get(url)
            found.append(len(queries))
        return found

    def buy(number):
        put(rafi, *[shop.product(stock=50, per_person=40, price_coins=10) for _ in range(number)])
        put(rafi, shop.product("Frame", stock=5, price_poisha=None, price_coins=10))
        tell(rafi, place(rafi, details("bkash")))
        put(rafi, *[shop.product(stock=50, per_person=40) for _ in range(number)])

    buy(1)
    before = costs()
    for number in (3, 4):
        buy(number)
    assert costs() == before
    # Session and user 2, profile, bell and cart count 4; cart, lines, pictures, parts, bought 5; zones and numbers 3.
    assert max(before) <= 20


def test_a_screenshot_is_kept_for_its_buyer_and_the_desk(client, shop, rafi, numbers, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    bought = order(rafi, shop.product(), provider="nagad")
    client.force_login(rafi)
    url = reverse("ecommerce:tell_payment", args=[bought.number])
    fake = SimpleUploadedFile("shot.png", b"<script>alert(1)</script>")
    refused = client.post(url, {"trx_id": "75K2LMQ4", "sender": "01712345678", "proof": fake})
    assert refused.status_code == 422
    assert Payment.objects.get().state == "open"

    shot = SimpleUploadedFile("shot.png", picture((400, 900)))
    assert client.post(url, {"trx_id": "75K2LMQ4", "sender": "01712345678", "proof": shot}).status_code == 302
    proof = client.get(reverse("ecommerce:payment_proof", args=[bought.number, Payment.objects.get().pk]))
    assert (proof["Content-Type"], proof.content[:4]) == ("image/webp", b"RIFF")
    assert not list(tmp_path.rglob("*.webp"))


def test_an_order_of_coins_is_where_its_coins_lead(client, shop, rafi):
    give(rafi, 600)
    bought = order(rafi, shop.product(kind="digital", stock=None, price_poisha=None, price_coins=600))
    client.force_login(rafi)
    entry = bought.payments.get().entry
    assert bought.get_absolute_url() in client.get(entry.get_absolute_url()).content.decode()
    client.force_login(make_user("other"))
    assert client.get(entry.get_absolute_url()).status_code == 404
