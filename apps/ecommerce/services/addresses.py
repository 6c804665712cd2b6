"""A person's address book."""

from typing import TypedDict, Unpack

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound, Refusals
from apps.corelib import bangladesh, typed
from apps.corelib.game_ids import plain_digits
from apps.ecommerce import permissions
from apps.ecommerce.constants import ADDRESSES
from apps.ecommerce.models import Address


class Typed(TypedDict):
    """What somebody wrote about where they live."""

    name: str
    phone: str
    district: str
    area: str
    street: str
    postcode: str


@transaction.atomic
def save_address(
    *, actor: User, address_id: int | None = None, make_default: bool = False, **values: Unpack[Typed]
) -> Address:
    """Add an address, or change the actor's own one. The first one is the default.

    Raises:
        DomainError: Something in it is not possible; ``by_field`` names all that is.
        Conflict: The book is full.
        NotFound: That address is not the actor's.
    """
    book = _lock_book(actor)
    clean = check_address(**values)
    if address_id is None:
        if len(book) >= ADDRESSES:
            raise Conflict(f"An address book has room for {ADDRESSES}. Take one out first.")
        address = Address(user=actor)
    else:
        address = _own(book, address_id)
    for name, value in clean.items():
        setattr(address, name, value)
    if make_default or not book:
        Address.objects.filter(user=actor, is_default=True).exclude(pk=address.pk).update(is_default=False)
        address.is_default = True
    address.save()
    _record(actor, "changed" if address_id else "added", address)
    return address


@transaction.atomic
def choose_default(*, actor: User, address_id: int) -> None:
    """Make one of the actor's addresses the one that checkout begins with. Chosen twice, nothing changes."""
    address = _own(_lock_book(actor), address_id)
    if address.is_default:
        return
    Address.objects.filter(user=actor, is_default=True).update(is_default=False)
    Address.objects.filter(pk=address.pk).update(is_default=True)
    _record(actor, "made_default", address)


@transaction.atomic
def remove_address(*, actor: User, address_id: int) -> None:
    """Take an address out of the actor's book. Orders keep their copy; the newest other one is the default then."""
    book = _lock_book(actor)
    address = _own(book, address_id)
    _record(actor, "removed", address)
    address.delete()
    others = [other.pk for other in book if other is not address]
    if address.is_default and others:
        Address.objects.filter(pk=max(others)).update(is_default=True)


def check_address(*, name: str, phone: str, district: str, area: str, street: str, postcode: str = "") -> Typed:
    """Return an address as it is kept; also for one that is typed at checkout and not kept.

    Raises:
        DomainError: Something is missing or not possible; ``by_field`` names all that is.
    """
    wrong = Refusals()
    kept = Typed(
        name=wrong.ask(receiver, name),
        phone=wrong.ask(mobile, phone),
        district=wrong.ask(_district, district),
        area=wrong.ask(_line, "area", area, 60, "Write the area or upazila, such as Mirpur or Savar."),
        street=wrong.ask(_line, "street", street, 160, "Write house and road, or village, such as House 12, Road 5."),
        postcode=wrong.ask(_postcode, postcode),
    )
    wrong.raise_any()
    return kept


def receiver(name: str) -> str:
    """Return the name of who receives it. Raises :class:`DomainError`."""
    if not typed.one_line(name):
        raise DomainError("Write who receives it, such as Rafi Islam.", field="name")
    try:
        return typed.display_name(name, longest=60)
    except typed.InputError as error:
        raise DomainError(str(error), field="name") from error


def mobile(text: str) -> str:
    """Return a mobile number of Bangladesh as ``+8801712345678``; couriers call no other.

    Raises:
        DomainError: It is none.
    """
    try:
        number = typed.phone(text)
    except typed.InputError:
        number = ""
    if not (number.startswith("+8801") and len(number) == 14):
        raise DomainError("Write a mobile number of Bangladesh, such as 01712-345678.", field="phone")
    return number


def _district(text: str) -> str:
    place = bangladesh.find_district(text)
    if place is None:
        raise DomainError("Choose one of the 64 districts, such as Dhaka.", field="district")
    return place.code


def _postcode(text: str) -> str:
    code = plain_digits(typed.one_line(text)).replace(" ", "")
    if code and not (code.isascii() and code.isdigit() and len(code) == 4 and code >= "1000"):
        raise DomainError(
            "A postcode has four digits, such as 1216. Leave it empty if you don't know it.", field="postcode"
        )
    return code


def _line(field: str, text: str, longest: int, missing: str) -> str:
    line = typed.one_line(text)
    if len(line) < 2:
        raise DomainError(missing, field=field)
    if len(line) > longest:
        raise DomainError(f"That is longer than {longest} characters: it has {len(line)}.", field=field)
    return line


def _lock_book(actor: User) -> list[Address]:
    """Lock the person's row, and so their whole book, the still missing first address included."""
    permissions.check_keep_addresses(actor)
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
    return list(Address.objects.filter(user=actor))


def _own(book: list[Address], address_id: int) -> Address:
    address = next((address for address in book if address.pk == address_id), None)
    if address is None:
        raise NotFound("There is no such address in your book.")
    return address


def _record(actor: User, what: str, address: Address) -> None:
    """The trail is kept for ever, an address is not: the district has to be enough."""
    audit.record(actor=actor, action=f"address.{what}", target=address, new={"district": address.district})
