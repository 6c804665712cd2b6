"""What every change of an order leaves behind: history, trail, news. In the transaction of the change."""

from typing import Any

from django.db.models import F
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.errors import NotFound
from apps.ecommerce.constants import Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.events import OrderMoved
from apps.ecommerce.models import Order, OrderEvent
from apps.notifications.services import notify

NEWS = {
    Status.CONFIRMED: "ecommerce.order_confirmed",
    Status.PROCESSING: "ecommerce.order_processing",
    Status.SHIPPED: "ecommerce.order_shipped",
    Status.DELIVERED: "ecommerce.order_delivered",
    Status.COMPLETED: "ecommerce.order_completed",
    Status.CANCELLED: "ecommerce.order_cancelled",
    Status.REFUNDED: "ecommerce.order_refunded",
}


def lock_order(number: str) -> Order:
    """Lock an order until the transaction ends. Everything that changes one begins here.

    Raises:
        NotFound: There is none of this number.
    """
    order = Order.objects.select_for_update(of=("self",), no_key=True).filter(number=number.upper()).first()
    if order is None:
        raise NotFound("There is no such order.")
    return order


def move(order: Order, to: Status, *, actor: User | None, what: str, why: str = "", **changes: Any) -> None:
    """Take a locked order to its next status, with ``changes`` of its other columns, and tell everybody.

    Raises:
        NotPossibleNow: It was somewhere else. The condition is in the UPDATE itself, so that it holds without the lock.
    """
    before = order.status
    changed = Order.objects.filter(pk=order.pk, status=before).update(status=to, updated_at=timezone.now(), **changes)
    if not changed:
        raise NotPossibleNow("The order has gone on meanwhile. Look at it again.")
    order.status = to
    for name, value in changes.items():
        setattr(order, name, value)
    write_down(order, actor=actor, what=what, why=why, before=before)
    audit.record(
        actor=actor,
        action=f"order.{to.value}",
        target=order,
        old={"status": before},
        new={"status": to.value, **({"why": why} if why else {})},
    )
    events.publish(OrderMoved(order_id=order.pk, from_status=before, to_status=to.value))
    tell(order, NEWS[to], why=why, fingerprint=f"order:{order.pk}:{to.value}")


def write_down(
    order: Order, *, actor: User | None, what: str, why: str = "", before: str | None = None, internal: bool = False
) -> OrderEvent:
    """Add a line to the order's history."""
    return OrderEvent.objects.create(
        order=order,
        from_status=order.status if before is None else before,
        to_status=order.status,
        actor=actor,
        what=what,
        why=why,
        is_internal=internal,
    )


def add_money(order: Order, **amounts: int) -> None:
    """Add to money columns of a locked order, in the database and in memory."""
    Order.objects.filter(pk=order.pk).update(
        updated_at=timezone.now(), **{name: F(name) + amount for name, amount in amounts.items()}
    )
    for name, amount in amounts.items():
        setattr(order, name, getattr(order, name) + amount)


def tell(order: Order, code: str, *, fingerprint: str, why: str = "", **context: str) -> None:
    """Tell the buyer, also when they did it themselves: the mail is their receipt."""
    notify(
        [order.user_id],
        code,
        subject=order,
        context={"number": order.number, "why": f" {why}" if why else "", **context},
        fingerprint=fingerprint,
    )
