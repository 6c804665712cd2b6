"""What becomes of an order: confirmed, packed, sent, delivered; cancelled whole or in part."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import DomainError
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.constants import TRANSITIONS, Provider, Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import Order, OrderItem
from apps.ecommerce.services import coupons, loyalty, pricing, recording, refunds, settling, stock
from apps.ecommerce.services import lines as order_lines

WORDS = {
    Status.CONFIRMED: "Confirmed",
    Status.PROCESSING: "Being packed",
    Status.SHIPPED: "Handed to the courier",
    Status.DELIVERED: "Delivered",
    Status.COMPLETED: "Completed",
}


@transaction.atomic
def advance(*, actor: User, number: str, to: str, why: str = "", courier: str = "", tracking_number: str = "") -> Order:
    """Take an order one step on. To where it is already, nothing happens.

    Cash on delivery is confirmed by somebody who rang the buyer, and paid when it is delivered. Everything else is
    confirmed by its payment.

    Raises:
        PermissionRefused: The actor does not process orders, or would count the cash of their own as received.
        NotPossibleNow: This step does not follow, or money is missing.
        DomainError: A text is too long; ``field`` names it.
    """
    permissions.check_process_orders(actor)
    why, courier, tracking_number = (
        _line("why", why, 300),
        _line("courier", courier, 40),
        _line("tracking_number", tracking_number, 60),
    )
    order = recording.lock_order(number)
    step = _step(order, to)
    if step is None:
        return order
    if step == Status.CONFIRMED and order.provider != Provider.COD and order.due_poisha:
        raise NotPossibleNow("Money is missing. It is confirmed by the payment that you find.")
    if step == Status.SHIPPED and not order.needs_shipping:
        raise NotPossibleNow("Nothing in it is sent. Deliver it instead.")
    if step == Status.DELIVERED and order.due_poisha and not order.needs_shipping:
        raise NotPossibleNow("It is not paid, and no courier takes money for what is not sent.")
    if step == Status.DELIVERED and order.due_poisha:
        permissions.check_money_of(actor, order)
    if step == Status.COMPLETED:
        complete(order, actor=actor, what=WORDS[step], why=why)
        return order
    changes: dict[str, Any] = {"expires_at": None} if step == Status.CONFIRMED else {}
    if step == Status.SHIPPED:
        changes = {"courier": courier, "tracking_number": tracking_number}
    recording.move(order, step, actor=actor, what=WORDS[step], why=why, **changes)
    if step == Status.DELIVERED:
        settling.collect_cash(order, actor=actor)
    return order


@transaction.atomic
def confirm_received(*, actor: User, number: str) -> Order:
    """The buyer has it and is content: the order is completed. Said twice, it is said once.

    Raises:
        NotFound: It is not the actor's order.
        NotPossibleNow: It was not delivered yet.
    """
    order = recording.lock_order(number)
    permissions.check_buyer(actor, order)
    if order.status == Status.COMPLETED:
        return order
    if order.status != Status.DELIVERED:
        raise NotPossibleNow("It is not delivered yet.")
    complete(order, actor=actor, what="Received by the buyer")
    return order


def complete(order: Order, *, actor: User | None, what: str, why: str = "") -> None:
    """Complete a locked order that was delivered: by a click or by itself. It gives points and asks for a review."""
    recording.move(order, Status.COMPLETED, actor=actor, what=what, why=why)
    loyalty.on_completed(order)


@transaction.atomic
def cancel(*, actor: User, number: str, why: str = "", lines: Mapping[int, int] | None = None) -> Order:
    """Cancel an order, or so many of some of its lines: restock, waive, give coins back, once.

    Args:
        lines: Quantity by id of the line; None for all that is left. When nothing is left then, the order is cancelled.

    Raises:
        NotFound, PermissionRefused: It is not the actor's order, or too late for them.
        NotPossibleNow: It has arrived, or fewer are left.
        DomainError: Staff give a reason; ``field`` names it.
    """
    why = _line("why", why, 300)
    order = recording.lock_order(number)
    permissions.check_cancel(actor, order)
    if order.status == Status.CANCELLED:
        return order
    if Status.CANCELLED not in TRANSITIONS[Status(order.status)]:
        raise NotPossibleNow("It has arrived. What comes back is returned, not cancelled.")
    if not permissions.is_buyer(actor, order) and len(why) < 5:
        raise DomainError("Tell the buyer why, in at least 5 characters.", field="why")
    gone = chosen(order, lines)
    cancel_items(order, gone, actor=actor, why=why or "By the buyer")
    return order


def cancel_items(order: Order, gone: dict[OrderItem, int], *, actor: User | None, why: str) -> None:
    """Cancel so many of these lines of a locked order; the order itself when nothing is left."""
    stock.give_back(gone)
    _waive(order, gone)
    OrderItem.objects.bulk_update(_count(gone, "cancelled_quantity"), ["cancelled_quantity"])
    if OrderItem.objects.filter(order=order, quantity__gt=F("cancelled_quantity") + F("returned_quantity")).exists():
        told = ", ".join(f"{quantity} × {item.name}" for item, quantity in gone.items())
        recording.write_down(order, actor=actor, what=f"Cancelled: {told}"[:120], why=why)
        audit.record(
            actor=actor,
            action="order.lines_cancelled",
            target=order,
            new={"lines": {str(item.pk): quantity for item, quantity in gone.items()}, "why": why},
        )
        _waive_postage(order)
        settling.settle_open(order, actor=actor)
    else:
        # The rest is the postage.
        recording.add_money(
            order,
            waived_poisha=order.total_poisha - order.waived_poisha,
            waived_coins=order.total_coins - order.waived_coins,
        )
        coupons.give_back(order=order)
        settling.end_open(order)
        recording.move(order, Status.CANCELLED, actor=actor, what="Cancelled", why=why, expires_at=None)
    refunds.give_coins_back(order, actor=actor, why=why)


@transaction.atomic
def take_back(*, actor: User, number: str, lines: Mapping[int, int] | None, why: str, restock: bool = True) -> Order:
    """Something came back after delivery: it is not owed any more, coins return at once, taka by ``record_refund``.

    Args:
        lines: Quantity by id of the line; None for all that is left. When nothing is left, the order is refunded.
        restock: False for what can't be sold again.

    Raises:
        PermissionRefused: The actor may not refund orders.
        NotPossibleNow: It was not delivered, or fewer are left.
        DomainError: No reason.
    """
    permissions.check_refund_orders(actor)
    why = _line("why", why, 300)
    if len(why) < 5:
        raise DomainError("Say why it came back, in at least 5 characters.", field="why")
    order = recording.lock_order(number)
    if order.status == Status.REFUNDED and lines is None:
        return order
    if Status.REFUNDED not in TRANSITIONS[Status(order.status)]:
        raise NotPossibleNow("Only what was delivered can come back.")
    gone = chosen(order, lines)
    if restock:
        stock.give_back(gone)
    _waive(order, gone)
    OrderItem.objects.bulk_update(_count(gone, "returned_quantity"), ["returned_quantity"])
    told = ", ".join(f"{quantity} × {item.name}" for item, quantity in gone.items())
    audit.record(
        actor=actor,
        action="order.lines_returned",
        target=order,
        new={"lines": {str(item.pk): quantity for item, quantity in gone.items()}, "why": why, "restocked": restock},
    )
    if any(item.left for item in order.items.all()):
        recording.write_down(order, actor=actor, what=f"Came back: {told}"[:120], why=why)
    else:
        coupons.give_back(order=order)
        recording.move(order, Status.REFUNDED, actor=actor, what="All came back", why=why)
    loyalty.on_refunded(order)
    refunds.give_coins_back(order, actor=actor, why=why)
    return order


def chosen(order: Order, lines: Mapping[int, int] | None) -> dict[OrderItem, int]:
    """Return the lines of a locked order that are meant, with how many.

    Raises:
        NotPossibleNow: Fewer are left, or nothing is meant.
    """
    items = {item.pk: item for item in order.items.all()}
    if lines is None:
        wanted = {item: item.left for item in items.values() if item.left}
    else:
        if unknown := lines.keys() - items.keys():
            raise DomainError(f"There is no line {min(unknown)} in this order.", field="lines")
        wanted = {items[pk]: quantity for pk, quantity in lines.items() if quantity}
    for item, quantity in wanted.items():
        if type(quantity) is not int or not 0 < quantity <= item.left:
            raise NotPossibleNow(f"Of {item.name}, {item.label}, {item.left} are left.", field="lines")
    if not wanted:
        raise NotPossibleNow("Choose at least one thing.", field="lines")
    return wanted


def _waive(order: Order, gone: dict[OrderItem, int]) -> None:
    """What is gone is not owed any more. Before the lines count it."""
    poisha = sum(pricing.value_of(item, quantity) for item, quantity in gone.items() if item.currency == "taka")
    coins = sum(pricing.value_of(item, quantity) for item, quantity in gone.items() if item.currency == "coins")
    recording.add_money(order, waived_poisha=poisha, waived_coins=coins)


def _waive_postage(order: Order) -> None:
    """When nothing of a parcel is left, nobody pays for sending it."""
    if not order.needs_shipping or any(
        item.left and order_lines.is_sent(item.kind, item.product) for item in order.items.all()
    ):
        return
    recording.add_money(order, waived_poisha=order.shipping_poisha)
    Order.objects.filter(pk=order.pk).update(needs_shipping=False)
    order.needs_shipping = False


def _count(gone: dict[OrderItem, int], column: str) -> list[OrderItem]:
    for item, quantity in gone.items():
        setattr(item, column, getattr(item, column) + quantity)
    return list(gone)


def _step(order: Order, to: str) -> Status | None:
    """Return the status that ``to`` means, or None when the order is there already."""
    if to not in WORDS:
        raise DomainError("That is not a step of an order.", field="to")
    step = Status(to)
    if order.status == step:
        return None
    if step not in TRANSITIONS[Status(order.status)]:
        raise NotPossibleNow(f"From “{order.get_status_display()}” it does not go to “{step.label}”.")
    return step


def _line(field: str, text: str, longest: int) -> str:
    line = one_line(text)
    if len(line) > longest:
        raise DomainError(f"That is longer than {longest} characters: it has {len(line)}.", field=field)
    return line
