"""Orders as their buyers see them."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from apps.core.errors import NotFound
from apps.ecommerce import permissions
from apps.ecommerce.constants import LIVE_PAYMENT_STATES, PaymentState, Provider, Status
from apps.ecommerce.models import Order, OrderEvent, OrderItem, OrderPolicy, Payment, PaymentProof, PayTo, Refund
from apps.ecommerce.models.policy import COMPLETE_AFTER_DAYS
from apps.ecommerce.payments import ManualTransfer, PaymentProvider, manual_provider, offered
from apps.ecommerce.payments.base import Due
from apps.ecommerce.permissions import Viewer

PARCEL = (Status.CONFIRMED, Status.PROCESSING, Status.SHIPPED, Status.DELIVERED)
NO_PARCEL = (Status.CONFIRMED, Status.PROCESSING, Status.DELIVERED)
STEP_WORDS = {Status.CONFIRMED: "Confirmed", Status.PROCESSING: "Packed", Status.SHIPPED: "On its way"}


def my_orders(viewer: Viewer) -> QuerySet[Order]:
    """Return the viewer's own orders, newest first, with their lines. Two queries."""
    return (
        Order.objects.filter(user=viewer.pk)
        .prefetch_related(Prefetch("items", OrderItem.objects.order_by("pk")))
        .order_by("-pk")
    )


def order_seen_by(viewer: Viewer, number: str) -> Order:
    """Return an order. Raises ``NotFound`` for one that is somebody else's, as for one that does not exist."""
    order = permissions.orders_seen_by(viewer).filter(number=number.upper()).select_related("user").first()
    if order is None:
        raise NotFound("There is no such order of yours.")
    return order


def complete_after_days() -> int:
    """Return after how many quiet days a delivered order is completed by itself; 0 for never."""
    set_by_staff = OrderPolicy.objects.values_list("complete_after_days", flat=True).first()
    return COMPLETE_AFTER_DAYS if set_by_staff is None else set_by_staff


def latest_order(viewer: Viewer) -> Order | None:
    return Order.objects.filter(user=viewer.pk).order_by("-pk").first()


@dataclass(frozen=True)
class OrderPage:
    """One order with all that its page shows."""

    order: Order
    items: list[OrderItem]
    payments: list[Payment]
    refunds: list[Refund]
    events: list[OrderEvent]
    pay_to: PayTo | None
    ways: list[tuple[str, PaymentProvider]]
    is_buyer: bool
    can_cancel: bool

    @property
    def live(self) -> Payment | None:
        """The payment in taka that is open or being checked."""
        return next((payment for payment in self.payments if payment.state in LIVE_PAYMENT_STATES), None)

    @property
    def rejected(self) -> Payment | None:
        """The last payment, if it was not found and another is waited for."""
        others = [payment for payment in self.payments if payment is not self.live]
        found = others[0] if others else None
        return found if found and found.state == PaymentState.REJECTED and self.waits_for_buyer else None

    @property
    def manual(self) -> ManualTransfer | None:
        return manual_provider(self.order.provider)

    @property
    def waits_for_buyer(self) -> bool:
        return bool(
            self.order.status == Status.PENDING and self.live is not None and self.live.state == PaymentState.OPEN
        )

    @property
    def is_checked(self) -> bool:
        """Whether staff look for the money now."""
        return self.live is not None and self.live.state == PaymentState.SUBMITTED

    @property
    def steps(self) -> list[str]:
        first = "Placed" if self.order.provider == Provider.COD else "Payment"
        way = PARCEL if self.order.needs_shipping else NO_PARCEL
        return [first, *(STEP_WORDS.get(step, "Delivered") for step in way)]

    @property
    def step(self) -> int:
        """Which of the steps the order stands at, from 1; beyond the last one when it has arrived."""
        way = PARCEL if self.order.needs_shipping else NO_PARCEL
        if self.order.status == Status.PENDING:
            return 1
        if self.order.status in way and self.order.status != Status.DELIVERED:
            return way.index(Status(self.order.status)) + 2
        return len(way) + 2


def order_page(viewer: Viewer, number: str) -> OrderPage:
    """Return an order with its page. The number of queries does not depend on how much is in it.

    Raises:
        NotFound: It is not the viewer's, and they are no staff of the order desk.
    """
    order = order_seen_by(viewer, number)
    active = list(PayTo.objects.filter(is_active=True))
    payments = list(order.payments.select_related("pay_to").order_by("-pk"))
    live = next((payment for payment in payments if payment.state in LIVE_PAYMENT_STATES), None)
    due = Due(order.due_poisha, order.needs_shipping, frozenset(pay_to.provider for pay_to in active))
    events = order.events.select_related("actor").order_by("pk")
    return OrderPage(
        order=order,
        items=list(order.items.select_related("product__category").order_by("pk")),
        payments=payments,
        refunds=list(order.refunds.order_by("pk")),
        events=list(events if permissions.can_see_orders(viewer) else events.filter(is_internal=False)),
        # The number that they were told when the order was placed, also when staff changed it since.
        pay_to=live.pay_to if live and live.pay_to else None,
        ways=[way for way in offered(due) if way[0] != order.provider],
        is_buyer=permissions.is_buyer(viewer, order),
        can_cancel=permissions.can_cancel(viewer, order),
    )


def proof_seen_by(viewer: Viewer, number: str, payment_id: int) -> bytes:
    """Return a screenshot as WebP, for the buyer and for staff of the order desk. Raises ``NotFound``."""
    order = order_seen_by(viewer, number)
    proof = PaymentProof.objects.filter(payment=payment_id, payment__order=order).first()
    if proof is None:
        raise NotFound("There is no such screenshot.")
    return bytes(proof.image)
