"""Orders paid by PayPal, against a server that answers as its documents say."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from apps.core.errors import Conflict, NotFound
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import Order, Payment, Variant
from apps.ecommerce.payments import PROVIDERS
from apps.ecommerce.selectors import payment_queue
from apps.ecommerce.services import orders, payments, paypal
from apps.ecommerce.services.expiry import expire
from tests.ecommerce.buying import order, state
from tests.ecommerce.shop import Shop
from tests.ecommerce.test_payments import late
from tests.ecommerce.test_paypal import FakePayPal
from tests.teams.people import make_user
from tests.teams.test_races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake(settings, monkeypatch):
    settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET = "id", "word"
    settings.PAYPAL_TAKA_PER_DOLLAR = Decimal("122.50")
    server = FakePayPal()
    monkeypatch.setattr(PROVIDERS["paypal"], "_new_client", server.client)
    return server


@pytest.fixture
def unpaid(shop, rafi, numbers, fake):
    """৳810 by PayPal, opened there and approved by the buyer."""
    bought = order(rafi, shop.product(stock=5, price_poisha=75_000), provider="paypal")
    assert paypal.start(actor=rafi, number=bought.number, base_url="https://a.test").startswith("https://paypal.test/")
    return bought


def finish(user, bought):
    paypal.finish(actor=user, number=bought.number)
    bought.refresh_from_db()
    return bought


def an_hour_later():
    Payment.objects.filter(state="submitted").update(submitted_at=timezone.now() - timedelta(hours=1))
    return paypal.settle_unclear()


def captures(fake):
    return sum(path.endswith("/capture") for path, _ in fake.calls)


def test_paid_it_is_confirmed_and_asked_again_it_is_paid_once(unpaid, rafi, fake):
    for _ in range(2):
        finish(rafi, unpaid)
    assert (unpaid.status, unpaid.paid_poisha, unpaid.expires_at) == ("confirmed", 81_000, None)
    assert (captures(fake), unpaid.payments.get().state) == (1, "verified")


def test_pending_it_waits_without_running_out_until_paypal_has_it(unpaid, rafi, fake):
    fake.status = "PENDING"
    finish(rafi, unpaid)
    assert (unpaid.status, unpaid.paid_poisha, unpaid.expires_at) == ("pending", 0, None)
    assert (an_hour_later(), unpaid.payments.get().state) == (0, "submitted")
    assert not payment_queue.queue().exists()  # nothing that staff could find
    fake.status = "COMPLETED"
    assert [an_hour_later(), an_hour_later()] == [1, 0]
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("confirmed", 81_000)


def test_refused_nothing_is_charged_and_another_way_can_pay_it(unpaid, rafi, fake):
    fake.status = "DECLINED"
    with pytest.raises(Conflict, match="refused the payment"):
        finish(rafi, unpaid)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha, unpaid.expires_at > timezone.now()) == ("pending", 0, True)
    assert list(unpaid.payments.values_list("state", flat=True)) == ["open", "failed"]
    assert payments.choose_provider(actor=rafi, number=unpaid.number, provider="bkash").provider == "bkash"


def test_not_approved_it_can_be_tried_again(unpaid, rafi, fake):
    fake.approved = False
    with pytest.raises(Conflict, match="You have not approved it"):
        finish(rafi, unpaid)
    with pytest.raises(NotPossibleNow, match="Nothing was charged"):
        finish(rafi, unpaid)  # the new attempt was not opened at PayPal
    fake.approved = True
    paypal.start(actor=rafi, number=unpaid.number, base_url="https://a.test")
    assert finish(rafi, unpaid).status == "confirmed"


@pytest.mark.parametrize(
    "charged", [{"currency_code": "USD", "value": "0.01"}, {"currency_code": "EUR", "value": "6.62"}]
)
def test_another_sum_is_no_payment_and_staff_see_it_once(unpaid, rafi, fake, charged):
    fake.charged = charged
    for _ in range(2):
        with pytest.raises(Conflict, match="does not fit this order"):
            finish(rafi, unpaid)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("pending", 0)
    assert unpaid.events.filter(what=paypal.ODD, is_internal=True).count() == 1


def test_another_rate_meanwhile_changes_nothing(unpaid, rafi, fake, settings):
    settings.PAYPAL_TAKA_PER_DOLLAR = Decimal("99.00")
    assert finish(rafi, unpaid).paid_poisha == 81_000


def test_an_answer_that_was_lost_is_asked_for_later(unpaid, rafi, fake):
    """PayPal has the money and we died: the order neither runs out nor is paid in another way."""
    fake.lost = True
    with pytest.raises(Conflict, match="PayPal does not take it right now"):
        finish(rafi, unpaid)
    late_or_not = Order.objects.get(pk=unpaid.pk)
    assert (late_or_not.expires_at, expire(unpaid.number)) == (None, False)
    with pytest.raises(NotPossibleNow, match="can't be changed"):
        payments.choose_provider(actor=rafi, number=unpaid.number, provider="cod")
    assert an_hour_later() == 1
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.paid_poisha) == ("confirmed", 81_000)


def test_a_dead_network_keeps_everything_for_the_next_run(unpaid, rafi, fake):
    fake.away = True
    with pytest.raises(Conflict, match="PayPal does not take it right now"):
        finish(rafi, unpaid)
    before = state(Order, Variant)
    assert (an_hour_later(), state(Order, Variant)) == (0, before)
    with pytest.raises(Conflict):
        paypal.start(actor=rafi, number=order(rafi, unpaid.items.get().variant, provider="paypal").number, base_url="")
    fake.away = False
    assert an_hour_later() == 1


def test_cancelled_while_paypal_looks_the_money_is_owed_back(unpaid, rafi, fake):
    fake.status = "PENDING"
    finish(rafi, unpaid)
    orders.cancel(actor=rafi, number=unpaid.number)
    fake.status = "COMPLETED"
    assert an_hour_later() == 1
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.owed_back_poisha) == ("cancelled", 81_000)


def test_what_ran_out_before_it_was_approved_is_not_charged(unpaid, rafi, fake):
    late(unpaid)
    assert expire(unpaid.number)
    with pytest.raises(NotPossibleNow, match="Nothing was charged"):
        finish(rafi, unpaid)
    assert captures(fake) == 0


def test_only_the_buyer_starts_and_finishes(unpaid, mim, packer, fake):
    before = state(Order, Payment)
    for actor in (mim, packer):
        with pytest.raises(NotFound):
            paypal.finish(actor=actor, number=unpaid.number)
        with pytest.raises(NotFound):
            paypal.start(actor=actor, number=unpaid.number, base_url="https://a.test")
    assert (state(Order, Payment), captures(fake)) == (before, 0)


def test_the_page_says_that_paypal_looks_at_it(client, unpaid, rafi, fake):
    fake.status = "PENDING"
    client.force_login(rafi)
    page = client.get(reverse("ecommerce:finish_paypal", args=[unpaid.number]), follow=True).content.decode()
    assert page.count("PayPal looks at your payment") == 2
    fake.status = "COMPLETED"
    page = client.get(reverse("ecommerce:finish_paypal", args=[unpaid.number]), follow=True).content.decode()
    assert "Paid by PayPal." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_finished_many_times_while_it_runs_out_is_one_of_both(fake):
    shop, rafi = Shop(make_user("boss", is_staff=True, is_superuser=True)), make_user("rafi")
    product = shop.product(stock=9, price_poisha=75_000)
    for _ in range(3):
        bought = order(rafi, product, provider="paypal")
        paypal.start(actor=rafi, number=bought.number, base_url="https://a.test")
        late(bought)
        before = product.variants.get().stock
        ended = at_once(
            *[lambda b=bought: finish(rafi, Order.objects.get(pk=b.pk))] * 4, lambda b=bought: expire(b.number)
        )
        bought.refresh_from_db()
        stock = product.variants.get().stock
        if bought.status == "cancelled":
            assert (ended, bought.paid_poisha, stock) == ({"NotPossibleNow": 4, "done": 1}, 0, before + 1)
        else:
            assert (bought.status, ended, bought.paid_poisha, stock) == ("confirmed", {"done": 5}, 81_000, before)
