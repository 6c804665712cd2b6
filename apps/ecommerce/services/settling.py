"""What a locked order owes, and what becomes of it when money comes. The pieces of every service that moves money.

An order has at most one payment in taka that is open or being checked. What counts as money taken is in docs/orders.md.
"""

from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.ecommerce.constants import LIVE_PAYMENT_STATES, PaymentState, Provider, Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import Order, Payment, PayTo
from apps.ecommerce.services import recording
from apps.economy.services import debit


def confirm_paid(order: Order, *, actor: User | None) -> None:
    """Confirm an order that owes nothing any more."""
    recording.move(order, Status.CONFIRMED, actor=actor, what="Paid and confirmed", expires_at=None)


def take_coins(order: Order, *, actor: User) -> None:
    """Take the coins of a new order, in the transaction that places it.

    Raises:
        NotEnoughCoins: The wallet has less.
    """
    if not order.total_coins:
        return
    entry = debit(
        profile=actor.profile,
        amount=order.total_coins,
        reason="purchase",
        actor=actor,
        cause=f"order:{order.pk}",
        note=f"Order {order.number}",
        idempotency_key=f"order:{order.pk}:coins",
    )
    now = timezone.now()
    Payment.objects.create(
        order=order,
        provider=Provider.COINS,
        amount_coins=order.total_coins,
        state=PaymentState.VERIFIED,
        entry=entry,
        submitted_at=now,
        decided_at=now,
    )
    recording.add_money(order, paid_coins=order.total_coins)


def open_attempt(order: Order) -> Payment | None:
    """Open a payment for what a locked order still owes in taka; None when it owes nothing."""
    if not order.due_poisha:
        return None
    pay_to = PayTo.objects.filter(provider=order.provider, is_active=True).first()
    return Payment.objects.create(order=order, provider=order.provider, amount_poisha=order.due_poisha, pay_to=pay_to)


def receive(order: Order, payment: Payment, *, actor: User | None, what: str) -> None:
    """Count a payment of a locked order as received, and confirm the order when nothing more is due.

    Raises:
        NotPossibleNow: The order would have more than it ever cost: this is the same money again, or money for nothing.
    """
    if order.paid_poisha + payment.amount_poisha > order.total_poisha:
        raise NotPossibleNow(
            f"{order.number} is paid already. What came a second time is no money of this order: send it back, and say"
            " so at the line of the statement."
        )
    decide(payment, PaymentState.VERIFIED, actor)
    recording.add_money(order, paid_poisha=payment.amount_poisha)
    recording.write_down(order, actor=actor, what=what)
    record(actor, payment, "verified", {"amount_poisha": payment.amount_poisha, "trx_id": payment.trx_id})
    if order.due_poisha:
        return
    end_open(order)  # another way to pay that was open beside it
    if order.status == Status.PENDING:
        confirm_paid(order, actor=actor)


def collect_cash(order: Order, *, actor: User) -> None:
    """Count the cash of a locked order as received: it was delivered, so the courier has the money."""
    payment = live(order)
    if payment is not None and payment.provider == Provider.COD:
        receive(order, payment, actor=actor, what="Cash taken at delivery")


def end_open(order: Order) -> None:
    """End the open payment of a locked order. One that is being checked stays: the money may be on its way."""
    Payment.objects.filter(order=order, state=PaymentState.OPEN).update(
        state=PaymentState.CANCELLED, decided_at=timezone.now()
    )


def settle_open(order: Order, *, actor: User | None) -> None:
    """Let the open payment of a locked order ask for what is due now: less, or nothing any more."""
    payment = live(order)
    if payment is None or payment.state != PaymentState.OPEN:
        return
    end_open(order)
    if order.due_poisha:
        open_attempt(order)  # another one: what the provider was told of the old one is not true any more
    elif order.status == Status.PENDING:
        confirm_paid(order, actor=actor)


def decide(payment: Payment, state: PaymentState, actor: User | None, *, reason: str = "") -> None:
    payment.state, payment.verified_by, payment.reason = state, actor, reason
    payment.decided_at = timezone.now()
    payment.save(update_fields=["state", "verified_by", "reason", "decided_at"])


def record(actor: User | None, payment: Payment, what: str, new: dict[str, object]) -> None:
    audit.record(actor=actor, action=f"payment.{what}", target=payment, new={"order": payment.order_id, **new})


def live(order: Order) -> Payment | None:
    return Payment.objects.filter(order=order, state__in=LIVE_PAYMENT_STATES).first()
