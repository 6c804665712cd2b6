"""Money that the buyer sends by telephone or bank, and then tells us the number of.

TrxIDs are cleaned before they are judged: people copy them with spaces, in small letters, or in Bangla digits. What is
then still wrong is said as what it looks like, not as "invalid". The formats are those that the receipts of 2026 show.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from apps.core.errors import DomainError
from apps.corelib.game_ids import plain_digits
from apps.corelib.typed import one_line
from apps.ecommerce.constants import Provider
from apps.ecommerce.payments.base import Due, PaymentProvider

_MOBILE = re.compile(r"(?:\+?88)?01[3-9][0-9]{8}")
_NOISE = re.compile(r"[\s:#.\-\u2010-\u2015]")
_PREFIX = re.compile(r"^(?:TRXID|TXNID|TRXNO|TXID|TRANSACTIONID)")


@dataclass(frozen=True, kw_only=True)
class ManualTransfer(PaymentProvider):
    """One service that money is sent by.

    Attributes:
        shape: What its TrxID is, once cleaned.
        shape_words: The same for a person.
        example: One that fits.
        where: Where the buyer finds it.
        steps: How to send, one act a line.
    """

    code: Provider
    shape: re.Pattern[str]
    shape_words: str
    example: str
    where: str
    steps: tuple[str, ...]
    hint: str = ""
    pays_within: timedelta | None = timedelta(hours=2)

    def refusal(self, due: Due) -> str:
        return "" if self.code in due.pay_to else f"{self.name} is closed at the moment. Choose another way."

    def clean_trx_id(self, typed: str) -> str:
        """Return the TrxID as the provider writes it.

        Raises:
            DomainError: It can't be one; the sentence says what it looks like instead.
        """
        if len(typed) > 200:
            raise self._refused("That is a whole message.")
        cleaned = _PREFIX.sub("", _NOISE.sub("", plain_digits(one_line(typed))).upper())
        if not cleaned:
            raise DomainError(f"Enter the TrxID: {self.shape_words}, such as {self.example}.", field="trx_id")
        if self.shape.fullmatch(cleaned):
            return cleaned
        if _MOBILE.fullmatch(cleaned):
            raise self._refused("That is a phone number.")
        if cleaned.startswith(("৳", "BDT", "TK")):
            raise self._refused("That is an amount.")
        if strange := sorted({sign for sign in cleaned if not (sign.isascii() and sign.isalnum())}):
            raise self._refused(f"There is a {strange[0]!r} in it.")
        raise self._refused(
            f"{cleaned[:24]} has {len(cleaned)} characters." if len(cleaned) != len(self.example) else ""
        )

    def _refused(self, looks_like: str) -> DomainError:
        wanted = f"A {self.name} TrxID is {self.shape_words}, such as {self.example}. {self.where}"
        return DomainError(f"{looks_like} {wanted}".strip(), field="trx_id")

    def clean_sender(self, typed: str) -> str:
        """Return the number or account it was sent from.

        Raises:
            DomainError: Missing, or no mobile number where one is needed.
        """
        cleaned = one_line(plain_digits(typed))
        if self.code == Provider.BANK:
            if not 2 <= len(cleaned) <= 40:
                raise DomainError("Say from which account or name it came, in 2 to 40 characters.", field="sender")
            return cleaned
        digits = re.sub(r"[^0-9]", "", cleaned)
        if match := re.fullmatch(r"(?:88)?(01[3-9][0-9]{8})[0-9]?", digits):  # Rocket accounts have a twelfth digit
            return match[1]
        raise DomainError("Enter the number you sent from, such as 01712-345678.", field="sender")


def _wallet(code: Provider, menu: str, shape: str, words: str, example: str) -> ManualTransfer:
    return ManualTransfer(
        code=code,
        shape=re.compile(shape),
        shape_words=words,
        example=example,
        where=f"It stands in {code.label}'s message and in the app under the transaction.",
        steps=(
            f"Open the {code.label} app, or dial {menu}.",
            "Choose Send Money, and enter the number below.",
            "Enter the exact amount, and the order number as the reference.",
            "Come back here and tell us the TrxID.",
        ),
        hint="Send it from your app, then tell us the TrxID.",
    )


bkash = _wallet(Provider.BKASH, "*247#", r"(?=.*[A-Z])[A-Z0-9]{10}", "10 letters and digits", "DKT7J2MQ4X")
nagad = _wallet(Provider.NAGAD, "*167#", r"[A-Z0-9]{8}", "8 letters and digits", "75K2LMQ4")
rocket = _wallet(Provider.ROCKET, "*322#", r"[0-9]{10}", "10 digits", "4821093756")
bank = ManualTransfer(
    code=Provider.BANK,
    shape=re.compile(r"[A-Z0-9]{6,30}"),
    shape_words="6 to 30 letters and digits",
    example="FT26334K8XQ2",
    where="Your bank calls it transaction or reference number.",
    steps=(
        "Open your bank's app, or go to a branch.",
        "Send the exact amount to the account below.",
        "Write the order number as the remark.",
        "Come back here and tell us the transaction number.",
    ),
    hint="By your bank's app or at a branch; takes a working day.",
    pays_within=timedelta(hours=48),
)
