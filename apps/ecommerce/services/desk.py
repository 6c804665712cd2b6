"""What staff do at the order desk besides the steps of an order: notes, digital goods, many orders at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.corelib.typed import one_line, paragraphs
from apps.ecommerce import permissions
from apps.ecommerce.constants import Kind, Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import DigitalDelivery, Order, OrderItem
from apps.ecommerce.services import orders, recording

AT_ONCE = 100
DIGITAL = (Kind.DIGITAL, Kind.SUBSCRIPTION)


@transaction.atomic
def add_note(*, actor: User, number: str, note: str) -> None:
    """Write something into an order's history that only staff read.

    Raises:
        PermissionRefused: The actor does not process orders.
        DomainError: There is nothing in it, or too much.
    """
    permissions.check_process_orders(actor)
    note = one_line(note)
    if not 1 <= len(note) <= 300:
        raise DomainError("Write 1 to 300 characters.", field="note")
    order = recording.lock_order(number)
    recording.write_down(order, actor=actor, what="Note", why=note, internal=True)


@transaction.atomic
def deliver_digital(*, actor: User, number: str, item_id: int, text: str) -> DigitalDelivery:
    """Give the buyer a code or words for one line; they read it on the order's page, and are told that it is there.

    The same text for the same line is given once. Given is given: a wrong code is followed by a right one.

    Raises:
        PermissionRefused: The actor does not process orders.
        NotFound: There is no such line in this order.
        NotPossibleNow: It was not paid yet, or is not digital, or nothing is left of the line.
        DomainError: There is nothing in it, or too much; ``field`` names it.
    """
    permissions.check_process_orders(actor)
    text = paragraphs(text)
    if not 1 <= len(text) <= 2000:
        raise DomainError("Write the code, or what the buyer needs to know, in at most 2,000 characters.", field="text")
    order = recording.lock_order(number)
    item = OrderItem.objects.filter(order=order, pk=item_id).first()
    if item is None:
        raise NotFound("There is no such line in this order.")
    if item.kind not in DIGITAL or not item.left:
        raise NotPossibleNow("Nothing of this line is delivered here.")
    if order.status in (Status.PENDING, Status.CANCELLED, Status.REFUNDED) or order.due_poisha:
        raise NotPossibleNow("It is not paid, so nothing is delivered yet.")
    before = DigitalDelivery.objects.filter(item=item, text=text).first()
    if before is not None:
        return before
    delivery = DigitalDelivery.objects.create(item=item, text=text, delivered_by=actor)
    recording.write_down(order, actor=actor, what=f"Delivered here: {item.name}"[:120])
    audit.record(actor=actor, action="order.digital_delivered", target=order, new={"line": item.pk})
    recording.tell(order, "ecommerce.digital_delivered", fingerprint=f"delivery:{delivery.pk}", product=item.name)
    return delivery


@dataclass(frozen=True)
class Outcome:
    """How one order of a bulk ended, or would end: ``refusal`` is empty when it went."""

    number: str
    refusal: str = ""


def advance_many(*, actor: User, numbers: Iterable[str], to: str, preview: bool = False) -> list[Outcome]:
    """Take several orders one step on, each for itself, by the same service as one. A refusal leaves the others alone.

    Args:
        preview: Try it, and undo it: what is told is what would happen now.

    Raises:
        PermissionRefused: The actor does not process orders.
        Conflict: More than 100.
    """
    permissions.check_process_orders(actor)
    chosen = sorted(set(numbers))
    if len(chosen) > AT_ONCE:
        raise Conflict(f"At most {AT_ONCE} at once.")
    return [_advance(actor, number, to, preview) for number in chosen]


def _advance(actor: User, number: str, to: str, preview: bool) -> Outcome:
    try:
        with transaction.atomic():
            orders.advance(actor=actor, number=number, to=to)
            if preview:
                transaction.set_rollback(True)
    except DomainError as refusal:
        return Outcome(number, refusal.message)
    return Outcome(number)


def undelivered(order: Order) -> int:
    """Return how many digital lines of an order nothing was delivered for."""
    lines = order.items.filter(kind__in=DIGITAL).annotate(given=Count("deliveries")).filter(given=0)
    return sum(1 for item in lines if item.left)
