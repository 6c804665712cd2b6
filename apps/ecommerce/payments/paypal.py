"""PayPal, by its REST API. Offered when its keys are set; it knows no taka, so it is charged in dollars at our rate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Decimal
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


@dataclass(frozen=True)
class Captured:
    """What PayPal says about the money: whether it has it, and for which payment and how much."""

    completed: bool
    custom_id: str
    usd: Decimal


def _client() -> httpx.Client:
    return httpx.Client(base_url=settings.PAYPAL_URL, timeout=TIMEOUT)


class PayPal(PaymentProvider):
    """Three calls: token, open, capture. Each is safe to repeat: PayPal keeps our request id."""

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
        told = self._call(
            "/v2/checkout/orders",
            request_id=f"open-{payment_id}",
            json={
                "intent": "CAPTURE",
                "purchase_units": [
                    {
                        "reference_id": number,
                        "custom_id": str(payment_id),
                        "amount": {"currency_code": "USD", "value": str(self.dollars(poisha))},
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
        return Opened(reference=str(told["id"]), approve_url=approve)

    def capture(self, *, reference: str, payment_id: int) -> Captured:
        """Take the money that the buyer approved; asked again, it says the same.

        Raises:
            Conflict: PayPal does not answer, or the buyer has not approved it.
        """
        told = self._call(f"/v2/checkout/orders/{reference}/capture", request_id=f"capture-{payment_id}", json={})
        [unit] = told["purchase_units"]
        [capture] = unit["payments"]["captures"]
        return Captured(
            completed=told.get("status") == "COMPLETED" and capture["amount"]["currency_code"] == "USD",
            custom_id=str(capture.get("custom_id", "")),
            usd=Decimal(capture["amount"]["value"]),
        )

    def _call(self, path: str, *, request_id: str, json: dict[str, Any]) -> dict[str, Any]:
        try:
            with self._new_client() as client:
                token = client.post(
                    "/v1/oauth2/token",
                    data={"grant_type": "client_credentials"},
                    auth=(settings.PAYPAL_CLIENT_ID, settings.PAYPAL_SECRET),
                )
                token.raise_for_status()
                headers = {"Authorization": f"Bearer {token.json()['access_token']}", "PayPal-Request-Id": request_id}
                answer = client.post(path, json=json, headers=headers)
                answer.raise_for_status()
                told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise Conflict(
                "PayPal does not take it right now. Your order is kept. Try again, or choose another way.",
                code="paypal_unavailable",
            ) from error
        return told
