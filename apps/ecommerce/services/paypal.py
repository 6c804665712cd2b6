"""Paying an order by PayPal: calls to it, each outside of a transaction and safe to repeat."""

import logging
from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.ecommerce import permissions
from apps.ecommerce.constants import LIVE_PAYMENT_STATES, PaymentState, Provider, Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import Order, Payment
from apps.ecommerce.payments import PROVIDERS
from apps.ecommerce.payments.paypal import Captured, Money, PayPal, custom_id
from apps.ecommerce.services import recording, settling
from apps.ecommerce.services.payments import lock_payment

logger = logging.getLogger(__name__)

LIMIT = 100  # payments of one run
PATIENCE = timedelta(minutes=5)  # whoever waits for the answer has it by then
ODD = "PayPal took another sum than was asked for: look at its site, and send it back or cancel"
ASKED_FOR = timedelta(days=30)  # longer than a bank takes


def start(*, actor: User, number: str, base_url: str) -> str:
    """Open the payment at PayPal and return the page where the buyer approves it.

    Raises:
        NotFound, NotPossibleNow: It is not the actor's order, or does not wait for PayPal.
        Conflict: PayPal does not answer.
    """
    payment = _waiting(actor, number)
    address = f"{base_url.rstrip('/')}{reverse('ecommerce:order', args=[number])}"
    opened = _provider().open(
        payment_id=payment.pk,
        number=number,
        poisha=payment.amount_poisha,
        return_url=f"{base_url.rstrip('/')}{reverse('ecommerce:finish_paypal', args=[number])}",
        cancel_url=address,
    )
    with transaction.atomic():
        recording.lock_order(number)
        Payment.objects.filter(pk=payment.pk, state=PaymentState.OPEN).update(reference=opened.reference)
    return opened.approve_url


def finish(*, actor: User, number: str) -> Order:
    """Take the money that the buyer approved, and confirm the order. Called twice, it is taken once.

    Before PayPal is asked, the payment counts as being checked: the order does not run out, and is not paid in another
    way, while PayPal may have the money. When the program or the network dies then, ``settle_unclear`` asks again.

    Returns:
        The order: confirmed, or still waiting while PayPal itself looks at the payment.

    Raises:
        NotFound, NotPossibleNow: It is not the actor's order, or does not wait for PayPal.
        Conflict: PayPal does not answer, has no money, or another sum than was asked for.
    """
    payment = _begin(actor, number)
    if payment.state == PaymentState.VERIFIED:
        return payment.order
    captured = _provider().capture(reference=payment.reference, payment_id=payment.pk)
    return _settle(payment.pk, captured)


def settle_unclear() -> int:
    """Ask PayPal about payments whose answer got lost, or that it looked at itself. Return how many it decided.

    Each in a transaction of its own; a network that is away leaves the rest for the next run.
    """
    now = timezone.now()
    unclear = Payment.objects.filter(provider=Provider.PAYPAL, state=PaymentState.SUBMITTED)
    waiting = unclear.filter(submitted_at__range=(now - ASKED_FOR, now - PATIENCE)).order_by("submitted_at")
    decided = 0
    for payment_id, reference in list(waiting.values_list("pk", "reference")[:LIMIT]):
        try:
            _settle(payment_id, _provider().capture(reference=reference, payment_id=payment_id))
        except Conflict as refusal:
            logger.info("PayPal payment %s: %s", payment_id, refusal.message)
            if refusal.code == "paypal_unavailable":
                break
        decided += not unclear.filter(pk=payment_id).exists()
    return decided


@transaction.atomic
def _begin(actor: User, number: str) -> Payment:
    order = recording.lock_order(number)
    permissions.check_buyer(actor, order)
    mine = Payment.objects.filter(order=order, provider=Provider.PAYPAL).exclude(reference="")
    payment = mine.filter(state__in=(*LIVE_PAYMENT_STATES, PaymentState.VERIFIED)).first()
    if payment is None:
        raise NotPossibleNow("This order does not wait for PayPal. Nothing was charged.")
    if payment.state == PaymentState.OPEN:
        payment.state, payment.submitted_at = PaymentState.SUBMITTED, timezone.now()
        payment.save(update_fields=["state", "submitted_at"])
        Order.objects.filter(pk=order.pk).update(expires_at=None, updated_at=timezone.now())
    payment.order = order
    return payment


def _settle(payment_id: int, captured: Captured) -> Order:
    """Write down what PayPal said. What it said of a payment that is not being checked any more changes nothing."""
    with transaction.atomic():
        order, payment = lock_payment(payment_id)
        if payment.state != PaymentState.SUBMITTED or captured.money is Money.PENDING:
            return order
        if captured.money is Money.TAKEN:
            if captured.custom_id == custom_id(payment.pk, captured.usd):
                late = " after the order had ended" if order.status == Status.CANCELLED else ""
                settling.receive(order, payment, actor=None, what=f"Paid by PayPal{late}")
                return order
            if not order.events.filter(what=ODD).exists():
                recording.write_down(order, actor=None, what=ODD, internal=True)
        elif captured.money is Money.REFUSED:
            _try_again(order, payment, PaymentState.FAILED)
        else:
            _try_again(order, payment, PaymentState.CANCELLED)
    raise Conflict(_WORDS[captured.money])


_WORDS = {
    Money.TAKEN: "PayPal's answer does not fit this order. Write to support; nothing is lost.",
    Money.REFUSED: "PayPal refused the payment. Nothing was charged. Try again, or choose another way.",
    Money.UNTOUCHED: "You have not approved it at PayPal. Nothing was charged. Try again, or choose another way.",
}


def _try_again(order: Order, payment: Payment, state: PaymentState) -> None:
    """End an attempt that brought nothing. The order, if it still waits, has the time of a new one."""
    settling.decide(payment, state, None)
    recording.write_down(order, actor=None, what="PayPal: nothing was paid")
    if order.status == Status.PENDING and not order.due_poisha:
        settling.confirm_paid(order, actor=None)
    elif order.status == Status.PENDING:
        within = _provider().pays_within
        expires_at = timezone.now() + within if within else None
        Order.objects.filter(pk=order.pk).update(expires_at=expires_at, updated_at=timezone.now())
        settling.open_attempt(order)


def _waiting(actor: User, number: str) -> Payment:
    order = Order.objects.filter(number=number.upper()).first()
    if order is None:
        raise NotPossibleNow("This order does not wait for PayPal.")
    permissions.check_buyer(actor, order)
    payment = settling.live(order)
    if payment is None or payment.provider != Provider.PAYPAL or payment.state != PaymentState.OPEN:
        raise NotPossibleNow("This order does not wait for PayPal.")
    return payment


def _provider() -> PayPal:
    provider = PROVIDERS[Provider.PAYPAL]
    if not isinstance(provider, PayPal):
        raise TypeError("PayPal is not the provider of its own code.")
    return provider
