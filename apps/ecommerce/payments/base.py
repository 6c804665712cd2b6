"""What every way to pay can be asked."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta

from apps.ecommerce.constants import Provider


@dataclass(frozen=True)
class Due:
    """What there is to pay: whole poisha, and whether a parcel goes with it."""

    poisha: int
    needs_shipping: bool
    pay_to: frozenset[str]  # providers for which staff keep a number


class PaymentProvider(ABC):
    """One way to pay. It holds no state and writes nothing.

    Attributes:
        code: Of ``Provider``; stored with orders and payments.
        hint: One line under its name at the checkout.
        pays_within: How long an order waits for its money; None for as long as it takes.
    """

    code: Provider
    hint: str = ""
    pays_within: timedelta | None = None

    @property
    def name(self) -> str:
        return str(self.code.label)

    @abstractmethod
    def refusal(self, due: Due) -> str:
        """Return why this can't pay what is due, as a sentence, or an empty string."""

    @property
    def is_offered(self) -> bool:
        """Whether the shop has what it needs for it at all."""
        return True
