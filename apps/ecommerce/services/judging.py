"""Whether a cart can be ordered with these details. All that is wrong is said at once, each at its field."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.core.errors import Conflict, DomainError, Refusals
from apps.corelib import bangladesh
from apps.corelib.figures import coins
from apps.corelib.typed import one_line
from apps.ecommerce.constants import OPEN_ORDERS, Provider, Status
from apps.ecommerce.errors import CartEmpty, TooManyOpen
from apps.ecommerce.models import Cart, Order, PayTo
from apps.ecommerce.payments import PROVIDERS, Due
from apps.ecommerce.selectors import carts
from apps.ecommerce.selectors.carts import CartLine
from apps.ecommerce.services import addresses, pricing
from apps.ecommerce.services.pricing import Quote
from apps.economy.errors import NotEnoughCoins
from apps.economy.selectors.entries import wallet_of

NOTHING = "Nothing was ordered or charged."
CART = "cart"  # the field of what is mended in the cart and not in the form


@dataclass(frozen=True)
class Details:
    """What the checkout asks for, as typed. Without a parcel only name and phone count."""

    name: str = ""
    phone: str = ""
    district: str = ""
    area: str = ""
    street: str = ""
    postcode: str = ""
    note: str = ""
    provider: str = ""
    coupon: str = ""


@dataclass(frozen=True)
class Judged:
    """What it costs now, the details as they are kept, and all that is wrong. Nothing of it may be used before
    ``wrong`` was asked; :func:`check` does.
    """

    quote: Quote
    details: Details
    wrong: Refusals

    @property
    def details_are_right(self) -> bool:
        """Whether nothing that was typed has to be changed."""
        return all(refusal.field in (CART, None) for refusal in self.wrong.each)


def check(*, actor: User, cart: Cart, details: Details) -> Judged:
    """Return what it costs and the details as they are kept.

    Raises:
        CartEmpty: There is nothing in it, as when another tab ordered it.
        NotEnoughCoins, TooManyOpen, Conflict, DomainError: The one thing that is wrong.
        SeveralRefusals: All that is wrong; ``by_field`` says what at which field.
    """
    judged = judge(actor=actor, cart=cart, details=details)
    judged.wrong.raise_any()
    return judged


def judge(*, actor: User, cart: Cart, details: Details) -> Judged:
    """Look at all of it, without locks and without changing anything. Only an empty cart is refused at once.

    What depends on an answer that is wrong is judged without it: no postage before there is a district, and a way to
    pay is asked about the sum without a coupon that can't be used.
    """
    lines = carts.lines(actor, cart)
    if not lines:
        raise CartEmpty("Your cart is empty. If you ordered in another window, the order is in your list.")
    wrong = Refusals()
    for line in lines:
        if line.problem:
            wrong.add(
                Conflict(f"{line.variant.product.name}, {line.variant.label}: {line.problem} {NOTHING}", field=CART)
            )
    quote = _quote(actor, lines, details, wrong)
    clean = _clean(details, quote, wrong)
    if quote.coupon_refusal:
        wrong.add(DomainError(quote.coupon_refusal, field="coupon"))
    with wrong.noted():
        _check_coins(actor, quote)
    with wrong.noted():
        _check_open_orders(actor)
    return Judged(quote, clean, wrong)


def due_of(quote: Quote) -> Due:
    """Return what the providers are asked about."""
    open_numbers = PayTo.objects.filter(is_active=True).values_list("provider", flat=True)
    return Due(poisha=quote.total_poisha, needs_shipping=quote.needs_shipping, pay_to=frozenset(open_numbers))


def _quote(actor: User, lines: list[CartLine], details: Details, wrong: Refusals) -> Quote:
    place = bangladesh.find_district(details.district)
    if place is not None:
        with wrong.noted():  # no zone may cover it
            return pricing.quote(user=actor, lines=lines, district=place.code, coupon_code=details.coupon)
    return pricing.quote(user=actor, lines=lines, coupon_code=details.coupon)


def _clean(details: Details, quote: Quote, wrong: Refusals) -> Details:
    """Return the details as they are kept; what is wrong is left empty."""
    return Details(
        **_address(details, quote, wrong),
        note=wrong.ask(_note, details.note),
        provider=wrong.ask(_provider, details.provider, quote),
        coupon=quote.coupon_code,
    )


def _address(details: Details, quote: Quote, wrong: Refusals) -> addresses.Typed:
    if quote.needs_shipping:
        with wrong.noted():
            return addresses.check_address(
                name=details.name,
                phone=details.phone,
                district=details.district,
                area=details.area,
                street=details.street,
                postcode=details.postcode,
            )
    kept = addresses.Typed(name="", phone="", district="", area="", street="", postcode="")
    if not quote.needs_shipping:
        kept["name"] = wrong.ask(addresses.receiver, details.name)
        kept["phone"] = wrong.ask(addresses.mobile, details.phone)
    return kept


def _note(text: str) -> str:
    note = one_line(text)
    if len(note) > 300:
        raise DomainError(f"A note has at most 300 characters; yours has {len(note)}.", field="note")
    return note


def _provider(code: str, quote: Quote) -> str:
    if not quote.total_poisha:
        return Provider.COINS.value
    provider = PROVIDERS.get(code)
    if provider is None or provider.code == Provider.COINS:
        raise DomainError("Choose how you pay, such as bKash or cash on delivery.", field="provider")
    if refusal := provider.refusal(due_of(quote)):
        raise DomainError(refusal, field="provider")
    return provider.code.value


def _check_coins(actor: User, quote: Quote) -> None:
    """Say it before the last page does. A look: the ledger decides, under the wallet's lock."""
    if not quote.total_coins:
        return
    wallet = wallet_of(actor)
    free = wallet.available if wallet else 0
    if free < quote.total_coins:
        raise NotEnoughCoins(
            f"This takes {coins(quote.total_coins)} and you have {coins(free)} to spend. "
            f"Take something out, or pay for it in taka. {NOTHING}",
            field=CART,
        )


def _check_open_orders(actor: User) -> None:
    """Keep one person from holding the stock of all. At the placing their cart is locked, so orders don't race here."""
    if Order.objects.filter(user=actor, status=Status.PENDING).count() >= OPEN_ORDERS:
        raise TooManyOpen(f"You have {OPEN_ORDERS} orders that wait. Pay or cancel one first. {NOTHING}")
