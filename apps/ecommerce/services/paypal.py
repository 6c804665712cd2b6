"""Paying an order by PayPal: two calls to it, each outside of a transaction and safe to repeat."""

from django.db import transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.ecommerce import permissions
from apps.ecommerce.constants import PaymentState, Provider, Status
from apps.ecommerce.errors import NotPossibleNow
from apps.ecommerce.models import Order, Payment
from apps.ecommerce.payments import PROVIDERS
from apps.ecommerce.payments.paypal import Captured, PayPal
from apps.ecommerce.services import recording, settling


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

    Between the two steps the program may die: PayPal has the money then, and the next visit finds it taken.

    Raises:
        NotFound, NotPossibleNow: It is not the actor's order, or does not wait for PayPal.
        Conflict: PayPal does not answer, or has taken something else than was asked for.
    """
    order = Order.objects.filter(number=number.upper(), user=actor, provider=Provider.PAYPAL).first()
    if order is not None and order.status != Status.PENDING and not order.due_poisha:
        return order
    payment = _waiting(actor, number)
    if not payment.reference:
        raise NotPossibleNow("PayPal was not opened for this order yet. Press the button on this page.")
    captured = _provider().capture(reference=payment.reference, payment_id=payment.pk)
    return _settle(actor, number, payment.pk, captured)


@transaction.atomic
def _settle(actor: User, number: str, payment_id: int, captured: Captured) -> Order:
    order = recording.lock_order(number)
    payment = Payment.objects.get(pk=payment_id)
    if payment.state == PaymentState.VERIFIED:
        return order
    wanted = _provider().dollars(payment.amount_poisha)
    if not captured.completed or captured.custom_id != str(payment.pk) or captured.usd != wanted:
        raise Conflict("PayPal's answer does not fit this order. Write to support; nothing is lost.")
    if payment.state != PaymentState.OPEN:
        # Cancelled meanwhile, and the money is there: it counts, and is owed back.
        recording.write_down(order, actor=None, what="Paid by PayPal after it was cancelled")
    settling.receive(order, payment, actor=None, what="Paid by PayPal")
    return order


def _waiting(actor: User, number: str) -> Payment:
    order = Order.objects.filter(number=number.upper()).first()
    if order is None:
        raise NotPossibleNow("This order does not wait for PayPal.")
    permissions.check_buyer(actor, order)
    payment = settling.live(order)
    if payment is None or payment.provider != Provider.PAYPAL:
        raise NotPossibleNow("This order does not wait for PayPal.")
    return payment


def _provider() -> PayPal:
    provider = PROVIDERS[Provider.PAYPAL]
    if not isinstance(provider, PayPal):
        raise TypeError("PayPal is not the provider of its own code.")
    return provider
