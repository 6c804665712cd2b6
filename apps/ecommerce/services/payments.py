"""A payment between the buyer, who tells of it, and staff, who look for it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.common.images import ProcessedImage
from apps.core.constraints import refusing
from apps.core.errors import DomainError, NotFound, Refusals
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.constants import (
    CLAIM_LAPSES,
    COUNTED_PAYMENT_STATES,
    UNTOLD_PAYMENT_STATES,
    PaymentState,
    Provider,
    Status,
)
from apps.ecommerce.errors import NotPossibleNow, TrxIdTaken
from apps.ecommerce.models import Order, Payment, PaymentProof, PayTo
from apps.ecommerce.payments import PROVIDERS, Due, ManualTransfer, manual_provider
from apps.ecommerce.services import recording, settling

SECOND_TRY = timedelta(hours=24)


@dataclass(frozen=True)
class Told:
    """What the buyer says about a transfer."""

    trx_id: str
    sender: str
    proof: ProcessedImage | None = None


@transaction.atomic
def submit(*, actor: User, number: str, told: Told) -> Payment:
    """Tell the TrxID of a transfer. The order waits for staff from now on, and doesn't expire.

    Told twice with the same TrxID, as by a double click, it is told once.

    Raises:
        NotFound: It is not the actor's order.
        NotPossibleNow: It is not waiting for such a payment.
        TrxIdTaken: The TrxID pays for an order already.
        DomainError: TrxID, sender or both can't be right; ``by_field`` says what each looks like.
    """
    order = recording.lock_order(number)
    permissions.check_buyer(actor, order)
    provider = manual_provider(order.provider)
    if provider is None:
        raise NotPossibleNow("This order does not wait for a TrxID.")
    trx_id, sender = check_told(provider, told.trx_id, told.sender)
    if before := Payment.objects.filter(order=order, trx_id=trx_id, state__in=COUNTED_PAYMENT_STATES).first():
        return before
    payment = settling.live(order)
    if payment is None or order.status != Status.PENDING:
        raise NotPossibleNow("This order does not wait for a TrxID.")
    if payment.state == PaymentState.SUBMITTED:
        raise NotPossibleNow(f"We look for {payment.trx_id} already. If it was wrong, we tell you, and you try again.")
    payment.trx_id, payment.sender = trx_id, sender
    payment.state, payment.submitted_at = PaymentState.SUBMITTED, timezone.now()
    with refusing({"ecommerce_payment_trx_once": lambda: _taken(provider, trx_id, order)}):
        payment.save(update_fields=["trx_id", "sender", "state", "submitted_at"])
    if told.proof is not None:
        [image] = told.proof.renditions.values()
        PaymentProof.objects.create(payment=payment, image=image)
    Order.objects.filter(pk=order.pk).update(expires_at=None, updated_at=timezone.now())
    recording.write_down(order, actor=actor, what=f"{provider.name} TrxID {trx_id} told")
    settling.record(actor, payment, "submitted", {"trx_id": trx_id})
    return payment


def check_told(provider: ManualTransfer, trx_id: str, sender: str) -> tuple[str, str]:
    """Return TrxID and sender as they are kept.

    Raises:
        DomainError: One of them or both can't be right; ``by_field`` says what each looks like.
    """
    wrong = Refusals()
    clean = wrong.ask(provider.clean_trx_id, trx_id), wrong.ask(provider.clean_sender, sender)
    wrong.raise_any()
    return clean


@transaction.atomic
def choose_provider(*, actor: User, number: str, provider: str) -> Order:
    """Pay an order in another way, as long as nothing was told yet. Chosen twice, nothing changes.

    Raises:
        NotFound: It is not the actor's order.
        NotPossibleNow: A payment is being checked, or the order waits for none.
        DomainError: This way can't pay it.
    """
    order = recording.lock_order(number)
    permissions.check_buyer(actor, order)
    payment = settling.live(order)
    if order.status != Status.PENDING or payment is None or payment.state != PaymentState.OPEN:
        raise NotPossibleNow("The way to pay can't be changed any more.")
    chosen = PROVIDERS.get(provider)
    if chosen is None or chosen.code == Provider.COINS:
        raise DomainError("Choose how you pay, such as bKash or cash on delivery.", field="provider")
    if chosen.code == order.provider:
        return order
    if refusal := chosen.refusal(due_of(order)):
        raise DomainError(refusal, field="provider")
    settling.end_open(order)
    expires_at = timezone.now() + chosen.pays_within if chosen.pays_within else None
    if chosen.pays_within and order.expires_at:
        # Changing to and fro keeps no stock for ever: the time of the new way counts from the placing.
        expires_at = max(order.expires_at, order.created_at + chosen.pays_within)
    Order.objects.filter(pk=order.pk).update(provider=chosen.code, expires_at=expires_at, updated_at=timezone.now())
    order.provider, order.expires_at = chosen.code, expires_at
    settling.open_attempt(order)
    recording.write_down(order, actor=actor, what=f"To be paid by {chosen.name}")
    return order


@transaction.atomic
def claim(*, actor: User, payment_id: int) -> Payment:
    """Look at a payment so that nobody else does. A claim lapses after 15 minutes; claimed again, it is renewed.

    Raises:
        PermissionRefused: The actor does not process orders.
        NotPossibleNow: Somebody else looks at it, or it was decided.
    """
    permissions.check_process_orders(actor)
    _order, payment = lock_payment(payment_id)
    _check_submitted(payment)
    _check_unclaimed(actor, payment)
    payment.claimed_by, payment.claimed_at = actor, timezone.now()
    payment.save(update_fields=["claimed_by", "claimed_at"])
    return payment


@transaction.atomic
def verify(*, actor: User, payment_id: int) -> Payment:
    """The money is there. The order is confirmed when nothing more is due. Said twice, it is said once.

    Also when the order was cancelled meanwhile: then the money is owed back.

    Raises:
        PermissionRefused: The actor does not process orders, or it is their own.
        NotPossibleNow: Somebody else looks at it, or it was rejected.
    """
    permissions.check_process_orders(actor)
    order, payment = lock_payment(payment_id)
    if payment.state == PaymentState.VERIFIED:
        return payment
    permissions.check_money_of(actor, order)
    _check_submitted(payment)
    _check_unclaimed(actor, payment)
    settling.receive(order, payment, actor=actor, what=f"{payment.get_provider_display()} payment found")
    return payment


@transaction.atomic
def reject(*, actor: User, payment_id: int, reason: str) -> Payment:
    """The money is not there. The buyer reads why and has 24 hours for a second try. Said twice, it is said once.

    Raises:
        PermissionRefused: The actor does not process orders.
        NotPossibleNow: Somebody else looks at it, or it was found.
        DomainError: No reason for the buyer.
    """
    permissions.check_process_orders(actor)
    reason = one_line(reason)
    if not 5 <= len(reason) <= 300:
        raise DomainError("Tell the buyer why, in 5 to 300 characters.", field="reason")
    order, payment = lock_payment(payment_id)
    if payment.state == PaymentState.REJECTED:
        return payment
    _check_submitted(payment)
    _check_unclaimed(actor, payment)
    settling.decide(payment, PaymentState.REJECTED, actor, reason=reason)
    recording.write_down(order, actor=actor, what="Payment not found", why=reason)
    settling.record(actor, payment, "rejected", {"reason": reason})
    if order.status == Status.PENDING and not order.due_poisha:  # what it was for was cancelled meanwhile
        settling.confirm_paid(order, actor=actor)
    elif order.status == Status.PENDING:
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() + SECOND_TRY, updated_at=timezone.now())
        settling.open_attempt(order)
        recording.tell(order, "ecommerce.payment_rejected", why=reason, fingerprint=f"payment:{payment.pk}:rejected")
    return payment


def receive_untold(*, actor: User, order: Order, payment: Payment, trx_id: str, sender: str) -> None:
    """Count money that came and whose buyer never told its TrxID. ``order`` is locked; who calls has seen the money.

    Also when the time of the order was over before anybody looked: then the money is owed back.

    Raises:
        PermissionRefused: The actor does not process orders.
        NotPossibleNow: Another TrxID is being checked, or the order is paid.
        TrxIdTaken: This TrxID pays for another order.
    """
    permissions.check_process_orders(actor)
    permissions.check_money_of(actor, order)
    provider = manual_provider(payment.provider)
    if provider is None or payment.state not in UNTOLD_PAYMENT_STATES:
        raise NotPossibleNow(f"This payment does not wait for money: {payment.get_state_display().lower()}.")
    waiting = settling.live(order)
    if waiting is not None and waiting.state == PaymentState.SUBMITTED:
        raise NotPossibleNow(
            f"The buyer told of {waiting.trx_id}, which is being checked. Decide about that one first."
        )
    payment.trx_id, payment.sender, payment.submitted_at = trx_id, sender[:40], timezone.now()
    payment.state = PaymentState.VERIFIED
    with refusing({"ecommerce_payment_trx_once": lambda: _taken(provider, trx_id, order)}):
        payment.save(update_fields=["trx_id", "sender", "submitted_at", "state"])
    late = " after the order had ended" if order.status == Status.CANCELLED else ""
    settling.receive(order, payment, actor=actor, what=f"{provider.name} payment {trx_id} found by its statement{late}")


def due_of(order: Order) -> Due:
    open_numbers = PayTo.objects.filter(is_active=True).values_list("provider", flat=True)
    return Due(poisha=order.due_poisha, needs_shipping=order.needs_shipping, pay_to=frozenset(open_numbers))


def lock_payment(payment_id: int) -> tuple[Order, Payment]:
    """Lock the order, then read the payment: whoever changes a payment holds its order."""
    number = Payment.objects.filter(pk=payment_id).values_list("order__number", flat=True).first()
    if number is None:
        raise NotFound("There is no such payment.")
    order = recording.lock_order(number)
    return order, Payment.objects.get(pk=payment_id)


def _check_submitted(payment: Payment) -> None:
    if payment.state != PaymentState.SUBMITTED:
        raise NotPossibleNow(f"This payment is not waiting to be checked: {payment.get_state_display().lower()}.")


def _check_unclaimed(actor: User, payment: Payment) -> None:
    fresh = payment.claimed_at and payment.claimed_at > timezone.now() - CLAIM_LAPSES
    if payment.claimed_by_id and payment.claimed_by_id != actor.pk and fresh:
        raise NotPossibleNow("Somebody else is looking at this payment. Take another one.")


def _taken(provider: ManualTransfer, trx_id: str, order: Order) -> TrxIdTaken:
    return TrxIdTaken(
        f"{provider.name} TrxID {trx_id} is used for an order already; each pays for one. Look whether you copied the"
        f" one of the transfer for {order.number}, or write to support.",
        field="trx_id",
    )
