"""PayPal, by its REST API. Offered when its keys are set; it knows no taka, so it is charged in dollars at our rate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Any

import httpx
from django.conf import settings

from apps.core.errors import Conflict
from apps.ecommerce.constants import Provider
from apps.ecommerce.payments.base import Due, PaymentProvider

TIMEOUT = httpx.Timeout(10.0)


@dataclass(frozen=True)
class Opened:
    """PayPal's order: its number, and where the buyer approves it."""

    reference: str
    approve_url: str


class Money(StrEnum):
    """Where the buyer's money is, by PayPal's word."""

    TAKEN = "taken"
    PENDING = "pending"  # a bank transfer on its way, or a payment that PayPal looks at itself
    REFUSED = "refused"
    UNTOUCHED = "untouched"  # the buyer has not approved it


@dataclass(frozen=True)
class Captured:
    """What PayPal says about the money: where it is, and for which payment and how much."""

    money: Money
    custom_id: str = ""
    usd: Decimal = Decimal(0)


def _client() -> httpx.Client:
    return httpx.Client(base_url=settings.PAYPAL_URL, timeout=TIMEOUT)


class PayPal(PaymentProvider):
    """Four calls: token, open, capture, look. Each is safe to repeat: PayPal keeps our request id."""

    code = Provider.PAYPAL
    hint = "In US dollars, by PayPal or card."
    pays_within = timedelta(hours=2)

    def __init__(self, client: Callable[[], httpx.Client] = _client) -> None:
        self._new_client = client

    @property
    def is_offered(self) -> bool:
        return bool(settings.PAYPAL_CLIENT_ID and settings.PAYPAL_SECRET)

    def refusal(self, due: Due) -> str:
        return "" if self.is_offered else "PayPal is not set up here. Choose another way."

    def dollars(self, poisha: int) -> Decimal:
        """Return what is charged for ``poisha``, rounded up to a cent."""
        return (Decimal(poisha) / 100 / settings.PAYPAL_TAKA_PER_DOLLAR).quantize(Decimal("0.01"), ROUND_UP)

    def open(self, *, payment_id: int, number: str, poisha: int, return_url: str, cancel_url: str) -> Opened:
        """Open an order at PayPal for this payment; asked again, it is the same one.

        Raises:
            Conflict: PayPal does not answer, or refuses.
        """
        usd = self.dollars(poisha)
        told = self._call(
            "/v2/checkout/orders",
            request_id=f"open-{payment_id}",
            json={
                "intent": "CAPTURE",
                "purchase_units": [
                    {
                        "reference_id": number,
                        "custom_id": custom_id(payment_id, usd),
                        "amount": {"currency_code": "USD", "value": str(usd)},
                    }
                ],
                "application_context": {"return_url": return_url, "cancel_url": cancel_url, "user_action": "PAY_NOW"},
            },
        )
        approve = next(
            (link["href"] for link in told.get("links", []) if link.get("rel") in {"approve", "payer-action"}), ""
        )
        if not approve.startswith("https://"):
            raise Conflict("PayPal gave no page to pay at. Nothing was charged. Try again, or choose another way.")
        return Opened(reference=str(told.get("id", "")), approve_url=approve)

    def capture(self, *, reference: str, payment_id: int) -> Captured:
        """Take the money that the buyer approved; asked again, it says how that stands now.

        Raises:
            Conflict: PayPal does not answer. It may have the money or not: ask again.
        """
        path = f"/v2/checkout/orders/{reference}"
        told = self._call(f"{path}/capture", request_id=f"capture-{payment_id}", json={})
        if _captured(told).money is Money.TAKEN:
            return _captured(told)
        # Refused, not approved, taken before, or waiting: its order says which, and how it stands today.
        return _captured(self._call(path))

    def _call(self, path: str, *, request_id: str = "", json: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post ``json``, or get. What PayPal refuses as impossible (422) is an empty answer."""
        try:
            with self._new_client() as client:
                token = client.post(
                    "/v1/oauth2/token",
                    data={"grant_type": "client_credentials"},
                    auth=(settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET),
                )
                token.raise_for_status()
                headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
                if json is None:
                    answer = client.get(path, headers=headers)
                else:
                    answer = client.post(path, json=json, headers={**headers, "PayPal-Request-Id": request_id})
                if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
                    return {}
                answer.raise_for_status()
                told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise Conflict(
                "PayPal does not take it right now. Your order is kept. Try again, or choose another way.",
                code="paypal_unavailable",
            ) from error
        return told


def custom_id(payment_id: int, usd: Decimal) -> str:
    """Return what PayPal repeats to us: which payment, and how much was asked for, whatever the rate is by then."""
    return f"{payment_id}:{usd}"


def _captured(told: dict[str, Any]) -> Captured:
    """Read the last capture of PayPal's order. An order that is completed may have a capture that is not."""
    units = told.get("purchase_units") or [{}]
    captures = (units[0].get("payments") or {}).get("captures") or []
    if not captures:
        return Captured(Money.UNTOUCHED)
    last = captures[-1]
    money = {"COMPLETED": Money.TAKEN, "PENDING": Money.PENDING}.get(last.get("status", ""), Money.REFUSED)
    amount = last.get("amount") or {}
    usd = Decimal(amount.get("value", 0)) if amount.get("currency_code") == "USD" else Decimal(0)
    return Captured(money, custom_id=str(last.get("custom_id", "")), usd=usd)
