"""Ways to pay, behind one interface (``base.PaymentProvider``).

A provider knows its rules and its words; ``apps.ecommerce.services.payments`` does the writing.
"""

from apps.ecommerce.constants import Provider
from apps.ecommerce.payments.base import Due, PaymentProvider
from apps.ecommerce.payments.cash import CashOnDelivery, DeltaCoin
from apps.ecommerce.payments.manual import ManualTransfer, bank, bkash, nagad, rocket
from apps.ecommerce.payments.paypal import PayPal

PROVIDERS: dict[str, PaymentProvider] = {
    provider.code: provider for provider in (bkash, nagad, rocket, CashOnDelivery(), bank, PayPal(), DeltaCoin())
}


def provider_of(code: str) -> PaymentProvider:
    """Return the provider of this code. ``KeyError`` for none."""
    return PROVIDERS[Provider(code)]


def manual_provider(code: str) -> ManualTransfer | None:
    """Return the provider whose buyers tell a TrxID, or None when this one works in another way."""
    provider = PROVIDERS.get(code)
    return provider if isinstance(provider, ManualTransfer) else None


def offered(due: Due) -> list[tuple[str, PaymentProvider]]:
    """Return the ways that can pay what is due in taka, in the order in which they are shown."""
    return [
        (code, provider)
        for code, provider in PROVIDERS.items()
        if code != Provider.COINS and provider.is_offered and not provider.refusal(due)
    ]


__all__ = ["PROVIDERS", "Due", "ManualTransfer", "PaymentProvider", "manual_provider", "offered", "provider_of"]
