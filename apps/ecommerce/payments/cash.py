"""Paid at the door, and paid in coins."""

from apps.corelib.figures import taka
from apps.ecommerce.constants import Provider
from apps.ecommerce.payments.base import Due, PaymentProvider

LARGEST_COD_POISHA = 2_000_000  # ৳20,000: what a courier carries, and what a parcel that comes back may cost


class CashOnDelivery(PaymentProvider):
    """The courier takes the money. We ring first, so the order waits for a person and never runs out."""

    code = Provider.COD
    hint = "Pay the courier. We ring you before we send it."

    def refusal(self, due: Due) -> str:
        if not due.needs_shipping:
            return "Cash on delivery needs a parcel, and nothing here comes in one."
        if due.poisha > LARGEST_COD_POISHA:
            return f"Cash on delivery goes up to {taka(LARGEST_COD_POISHA // 100)}."
        return ""


class DeltaCoin(PaymentProvider):
    """The part in coins is taken at the placing. It is the way of an order only when nothing is due in taka."""

    code = Provider.COINS
    hint = "From your wallet, at once."

    def refusal(self, due: Due) -> str:
        return "A part is to be paid in taka. Choose how." if due.poisha else ""
