"""Who opens what at the desk, and around an order. What is refused changes nothing."""

import pytest
from django.urls import reverse

from apps.core.models import AuditEvent
from apps.ecommerce.models import Order, Payment, Review, StatementLine
from tests.ecommerce.conftest import staff_with
from tests.ecommerce.ordering import order_of, payment_of
from tests.ecommerce.test_statements import brought
from tests.teams.people import make_user

pytestmark = pytest.mark.django_db

WHO = ("visitor", "member", "buyer", "verifier", "refunder", "moderator")
# Address × who. "302" of a visitor asks to log in; of others it is the way back after an act that may be refused there.
MATRIX = {
    ("desk", "get"): "302 403 403 200 200 403",
    ("desk_bulk", "post"): "302 403 403 302 403 403",
    ("desk_payments", "get"): "302 403 403 200 403 403",
    ("desk_payment", "get"): "302 403 403 200 403 403",
    ("desk_claim", "post"): "302 403 403 302 403 403",
    ("desk_verify", "post"): "302 403 403 302 403 403",
    ("desk_reject", "post"): "302 403 403 422 403 403",
    ("desk_statements", "get"): "302 403 403 200 403 403",
    ("desk_statements", "post"): "302 403 403 422 403 403",
    ("desk_statement", "get"): "302 403 403 200 403 403",
    ("desk_confirm", "post"): "302 403 403 302 403 403",
    ("desk_explain", "post"): "302 403 403 302 403 403",
    ("desk_picking", "get"): "302 403 403 200 403 403",
    ("desk_stock", "get"): "302 403 403 200 200 403",
    ("desk_figures", "get"): "302 403 403 200 200 403",
    ("desk_reviews", "get"): "302 403 403 403 403 200",
    ("desk_review", "post"): "302 403 403 403 403 302",
    ("desk_order", "get"): "302 403 403 200 200 403",
    ("desk_step", "post"): "302 403 403 422 403 403",
    ("desk_cancel", "post"): "302 403 403 422 403 403",
    ("desk_return", "post"): "302 403 403 403 422 403",
    ("desk_refund", "post"): "302 403 403 403 422 403",
    ("desk_note", "post"): "302 403 403 422 403 403",
    ("desk_deliver", "post"): "302 403 403 422 403 403",
    ("invoice", "get"): "302 404 200 200 200 404",
    ("points", "get"): "302 200 200 200 200 200",
    ("redeem_points", "post"): "302 302 302 302 302 302",
    ("product_reviews", "get"): "200 200 200 200 200 200",
    ("write_review", "get"): "302 403 200 403 403 403",
    ("write_review", "post"): "302 403 422 403 403 403",
    ("remove_review", "post"): "302 302 302 302 302 302",
    ("report_review", "post"): "302 302 302 302 302 302",
}


@pytest.fixture
def world(shop, rafi, settings):
    """An order with a payment to look at, a line of a statement, a review to read, and people."""
    settings.ADMIN_REQUIRE_MFA = False  # tests/accounts prove the second factor, and one test below
    people = {
        "visitor": None,
        "member": make_user("mim"),
        "buyer": rafi,
        "verifier": staff_with("verifier", "process_order"),
        "refunder": staff_with("refunder", "refund_order"),
        "moderator": staff_with("moderator", "moderate_review"),
    }
    product = shop.product("Cap")
    order = order_of(rafi, product.variants.select_related("product").get(), status="delivered")
    payment = payment_of(order_of(rafi, product.variants.select_related("product").get(), status="pending"))
    line = brought(people["verifier"], "ZZZZ9999YY,10")
    review = Review.objects.create(
        product=product, user=people["refunder"], item=order.items.get(), stars=4, text="Good enough for me."
    )
    arguments = {
        "payment": [payment.pk],
        "order": [order.number],
        "review": [review.pk],
        "statement": [line.statement_id],
        "explain": [line.pk],
        "product": [product.slug],
        "deliver": [order.number, order.items.get().pk],
    }
    return people, arguments


def arguments_of(name, arguments):
    if name in ("desk_payment", "desk_claim", "desk_verify", "desk_reject"):
        return arguments["payment"]
    if name in ("desk_statement", "desk_confirm"):
        return arguments["statement"]
    if name in ("desk_review", "report_review"):
        return arguments["review"]
    if name in ("desk_explain", "desk_deliver"):
        return arguments[name.removeprefix("desk_")]
    if name in ("product_reviews", "write_review", "remove_review"):
        return arguments["product"]
    if name in ("invoice", "desk_order", "desk_step", "desk_cancel", "desk_return", "desk_refund", "desk_note"):
        return arguments["order"]
    return []


def state():
    return (
        list(Order.objects.order_by("pk").values_list("status", "refunded_poisha")),
        list(Payment.objects.order_by("pk").values_list("state", "claimed_by")),
        list(StatementLine.objects.values_list("note", "payment")),
        list(Review.objects.values_list("state")),
        AuditEvent.objects.count(),
    )


@pytest.mark.parametrize("row", MATRIX, ids=" ".join)
def test_who_gets_which_answer(client, world, row):
    name, method = row
    people, arguments = world
    url = reverse(f"ecommerce:{name}", args=arguments_of(name, arguments))
    got = []
    for who in WHO:
        client.logout()
        if people[who]:
            client.force_login(people[who])
        before = state()
        response = getattr(client, method)(url)
        got.append(str(response.status_code))
        if response.status_code in (403, 404, 422) or who == "visitor":
            assert state() == before
        if who == "visitor" and response.status_code == 302:
            assert response.url.startswith("/accounts/login/")
    assert " ".join(got) == MATRIX[row]


def test_staff_without_a_second_factor_set_one_up_first(client, world, settings):
    settings.ADMIN_REQUIRE_MFA = True
    people, arguments = world
    client.force_login(people["verifier"])
    for name, method in (row for row in MATRIX if row[0].startswith("desk") and MATRIX[row].split()[3] != "403"):
        before = state()
        response = getattr(client, method)(reverse(f"ecommerce:{name}", args=arguments_of(name, arguments)))
        assert (response.status_code, response.url) == (302, reverse("accounts:staff_second_factor")), name
        assert state() == before
