"""The calls to PayPal, against a server that answers as its documents say."""

import json
from decimal import Decimal

import httpx
import pytest

from apps.core.errors import Conflict
from apps.ecommerce.payments.paypal import Money, PayPal


class FakePayPal:
    """Remembers what it was asked."""

    def __init__(self):
        self.calls, self.opened, self.away, self.lost, self.approved = [], {}, False, False, True
        self.status, self.charged, self.known, self.orders = "COMPLETED", None, {}, {}

    def answer(self, request):
        if self.away:
            raise httpx.ConnectError("no route")
        self.calls.append((request.url.path, request.headers.get("PayPal-Request-Id", "")))
        if request.url.path == "/v1/oauth2/token":
            return httpx.Response(200, json={"access_token": "token"})
        if request.url.path == "/v2/checkout/orders":
            self.opened = json.loads(request.content)["purchase_units"][0]
            # One order for one request id, however often it is asked.
            reference = self.known.setdefault(request.headers["PayPal-Request-Id"], f"5O{len(self.known) + 1}")
            self.orders[reference] = self.opened
            links = [{"rel": "approve", "href": f"https://paypal.test/approve/{reference}"}]
            return httpx.Response(201, json={"id": reference, "links": links})
        opened = self.orders[request.url.path.split("/")[4]]
        if not self.approved:
            return httpx.Response(422, json={}) if request.method == "POST" else httpx.Response(200, json={"id": "5O1"})
        capture = {
            "status": self.status,
            "amount": self.charged or opened["amount"],
            "custom_id": opened["custom_id"],
        }
        units = [{"payments": {"captures": [capture]}}]
        if self.lost:  # PayPal did it, and nobody heard
            self.lost = False
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(201, json={"status": "COMPLETED", "purchase_units": units})

    def client(self):
        return httpx.Client(transport=httpx.MockTransport(self.answer), base_url="https://paypal.test")


@pytest.fixture
def fake(settings):
    settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET = "id", "word"
    settings.PAYPAL_TAKA_PER_DOLLAR = Decimal("122.50")
    return FakePayPal()


def opened(fake):
    return PayPal(fake.client).open(
        payment_id=7, number="DC-7K3M-92", poisha=81_000, return_url="https://a.test/", cancel_url="https://a.test/"
    )


def test_an_order_is_opened_in_dollars_and_captured_under_one_id(fake):
    assert opened(fake).approve_url == "https://paypal.test/approve/5O1"
    assert fake.opened["amount"] == {"currency_code": "USD", "value": "6.62"}  # ৳810 at 122.50, a cent up
    captured = PayPal(fake.client).capture(reference="5O1", payment_id=7)
    assert (captured.money, captured.custom_id, captured.usd) == (Money.TAKEN, "7:6.62", Decimal("6.62"))
    assert [call for call in fake.calls if call[1]] == [
        ("/v2/checkout/orders", "open-7"),
        ("/v2/checkout/orders/5O1/capture", "capture-7"),
    ]


@pytest.mark.parametrize(
    ("status", "money"), [("PENDING", Money.PENDING), ("DECLINED", Money.REFUSED), ("FAILED", Money.REFUSED)]
)
def test_an_order_that_is_completed_with_a_capture_that_is_not_is_no_money(fake, status, money):
    opened(fake)
    fake.status = status
    assert PayPal(fake.client).capture(reference="5O1", payment_id=7).money is money


def test_what_the_buyer_did_not_approve_is_untouched(fake):
    opened(fake)
    fake.approved = False
    assert PayPal(fake.client).capture(reference="5O1", payment_id=7).money is Money.UNTOUCHED


def test_away_it_says_so(fake):
    fake.away = True
    with pytest.raises(Conflict, match="Your order is kept"):
        opened(fake)


def test_without_keys_it_is_not_offered(settings):
    settings.PAYPAL_CLIENT_ID = ""
    assert not PayPal().is_offered
