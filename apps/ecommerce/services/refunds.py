"""Money that goes back to where it came from: coins by the ledger at once, taka by somebody who sends it."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.constraints import refusing
from apps.core.errors import DomainError
from apps.corelib.figures import coins, taka
from apps.corelib.typed import one_line
from apps.ecommerce import permissions
from apps.ecommerce.constants import PaymentState, Provider
from apps.ecommerce.errors import NotPossibleNow, OrderKeyReused
from apps.ecommerce.events import OrderRefunded
from apps.ecommerce.models import Order, Payment, Refund
from apps.ecommerce.services import recording
from apps.economy.services import refund


def give_coins_back(order: Order, *, actor: User | None, why: str) -> Refund | None:
    """Return the coins of a locked order that are not owed any more, by a refund of their ledger entry.

    The last act of its caller: it locks the wallet.
    """
    amount = order.owed_back_coins
    if not amount:
        return None
    paid = Payment.objects.get(order=order, provider=Provider.COINS, state=PaymentState.VERIFIED)
    key = f"order:{order.pk}:refund:{order.refunded_coins}"
    entry = refund(
        transaction_id=paid.entry_id or 0,
        actor=actor,
        amount=amount,
        idempotency_key=key,
        note=f"Order {order.number}",
    )
    recording.add_money(order, refunded_coins=amount)
    recording.write_down(order, actor=actor, what=f"{coins(amount)} given back to the wallet")
    events.publish(OrderRefunded(order_id=order.pk, amount_poisha=0, amount_coins=amount))
    return Refund.objects.create(
        order=order,
        provider=Provider.COINS,
        amount_coins=amount,
        reason=why,
        entry=entry,
        recorded_by=actor,
        idempotency_key=key,
    )


@transaction.atomic
def record_refund(
    *, actor: User, number: str, amount_poisha: int, provider: str, reference: str, reason: str, idempotency_key: str
) -> Refund:
    """Write down that taka were sent back. The same key and content give the first answer.

    Raises:
        PermissionRefused: The actor may not refund orders.
        NotPossibleNow: More than is owed back.
        OrderKeyReused: The key belongs to another refund, also one that is being recorded just now.
        DomainError: Something is missing; ``field`` names it.
    """
    permissions.check_refund_orders(actor)
    reference, reason = one_line(reference), one_line(reason)
    if provider not in Provider.values or provider == Provider.COINS:
        raise DomainError("Say how it was sent back, such as bKash.", field="provider")
    if not 1 <= len(reference) <= 64:
        raise DomainError("Give the TrxID or receipt of sending it back, in at most 64 characters.", field="reference")
    if not 5 <= len(reason) <= 300:
        raise DomainError("Say why, in 5 to 300 characters.", field="reason")
    if not 1 <= len(idempotency_key) <= 64 or not idempotency_key.isprintable():
        raise DomainError("This page is damaged. Reload it and try again.", field="idempotency_key")
    order = recording.lock_order(number)
    before = Refund.objects.filter(idempotency_key=idempotency_key).first()
    if before is not None:
        same = (before.order_id, before.amount_poisha, before.provider, before.reference)
        if same != (order.pk, amount_poisha, provider, reference):
            raise _reused()
        return before
    permissions.check_money_of(actor, order)
    if type(amount_poisha) is not int or not 0 < amount_poisha <= order.owed_back_poisha:
        raise NotPossibleNow(f"Of this order {_taka(order.owed_back_poisha)} are owed back.", field="amount_poisha")
    recording.add_money(order, refunded_poisha=amount_poisha)
    with refusing({"ecommerce_refund_idempotency_key_key": _reused}):  # of two orders, which no lock keeps apart
        made = Refund.objects.create(
            order=order,
            provider=provider,
            amount_poisha=amount_poisha,
            reference=reference,
            reason=reason,
            recorded_by=actor,
            idempotency_key=idempotency_key,
        )
    how = Provider(provider).label
    recording.write_down(order, actor=actor, what=f"{_taka(amount_poisha)} sent back by {how}", why=reason)
    audit.record(
        actor=actor,
        action="order.money_returned",
        target=order,
        new={"amount_poisha": amount_poisha, "provider": provider, "reference": reference, "reason": reason},
    )
    events.publish(OrderRefunded(order_id=order.pk, amount_poisha=amount_poisha, amount_coins=0))
    recording.tell(
        order,
        "ecommerce.money_returned",
        fingerprint=f"refund:{made.pk}",
        why=reason,
        amount=_taka(amount_poisha),
        how=how,
        reference=reference,
    )
    return made


def _reused() -> OrderKeyReused:
    return OrderKeyReused("This form recorded another refund already. Reload the page.")


def _taka(poisha: int) -> str:
    return taka(f"{poisha / 100:.2f}")
