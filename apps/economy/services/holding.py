"""Coins set aside: held, then captured or released, once."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import DomainError, NotFound
from apps.economy.constants import DEBITED_TO, HOLD_LIFETIME, Reason
from apps.economy.errors import HoldClosed
from apps.economy.models import DeltaCrownTransaction, Hold
from apps.economy.models.chain import content_hash
from apps.economy.services.locks import lock_wallet_of, lock_wallets
from apps.economy.services.posting import (
    Movement,
    answered_before,
    check_amount,
    check_covered,
    check_key,
    check_line,
    key_reused,
    post,
)
from apps.user_profile.models import UserProfile


@transaction.atomic
def hold(
    *,
    profile: UserProfile,
    amount: int,
    cause: str,
    idempotency_key: str,
    actor: User | None,
    lifetime: timedelta = HOLD_LIFETIME,
) -> Hold:
    """Set ``amount`` aside. It counts in the balance and can't be spent until the hold ends.

    Raises:
        NotEnoughCoins, KeyReused, DomainError: As in ``award`` and ``debit``.
    """
    check_amount(amount)
    check_key(idempotency_key)
    check_line(cause, "cause", 64)
    if not cause:
        raise DomainError("A hold says what it is for.", field="cause")
    fingerprint = content_hash(profile.pk, amount, cause)
    wallet = lock_wallet_of(profile)
    before = Hold.objects.filter(idempotency_key=idempotency_key).first()
    if before is not None:
        if before.fingerprint != fingerprint:
            raise key_reused()
        return before
    check_covered(wallet, amount)
    return Hold.objects.create(
        wallet=wallet,
        amount=amount,
        cause=cause,
        idempotency_key=idempotency_key,
        fingerprint=fingerprint,
        expires_at=timezone.now() + lifetime,
    )


def capture(
    *, hold_id: int, actor: User | None, amount: int | None = None, reason: str = Reason.PURCHASE, note: str = ""
) -> DeltaCrownTransaction:
    """Spend a hold, or a part of it; the rest is free again. Asked twice, it answers with the first entry.

    Raises:
        HoldClosed: It was released, or its time is over.
        DomainError: More than is held, or no reason to take coins.
    """
    held = _hold(hold_id)
    taken = held.amount if amount is None else amount
    check_amount(taken)
    if reason not in DEBITED_TO:
        raise DomainError(f"{reason!r} is no reason to take coins.", field="reason")
    if taken > held.amount:
        raise DomainError(f"Only {held.amount:,} DC are held.", field="amount")
    movement = Movement(
        subject=f"hold:{held.pk}",
        amount=-taken,
        reason=reason,
        account=DEBITED_TO[Reason(reason)],
        cause=held.cause,
        note=note,
        key=f"hold:{held.pk}",
    )
    with transaction.atomic():
        wallet = lock_wallets([held.wallet_id])[held.wallet_id]
        if before := answered_before(movement):
            return before
        held = Hold.objects.select_for_update().get(pk=held.pk)
        if held.state != Hold.State.HELD or held.expires_at <= timezone.now():
            raise HoldClosed("These coins are not set aside any more.")
        _end(held, Hold.State.CAPTURED)
        wallet.held_balance -= held.amount
        return post(movement, actor=actor, wallet=wallet, tell=False)


@transaction.atomic
def release(*, hold_id: int, actor: User | None) -> Hold:
    """Make held coins free again. Releasing twice changes nothing.

    Raises:
        HoldClosed: It was captured: the coins are spent, and come back by a refund.
    """
    held = _hold(hold_id)
    lock_wallets([held.wallet_id])
    held = Hold.objects.select_for_update().get(pk=held.pk)
    if held.state == Hold.State.CAPTURED:
        raise HoldClosed("These coins were spent. A refund brings them back.")
    if held.state == Hold.State.HELD:
        _end(held, Hold.State.RELEASED)
    return held


def release_expired_holds(*, limit: int = 500) -> int:
    """Free what nobody captured in time, each in its own transaction. Return how many."""
    expired = Hold.objects.filter(state=Hold.State.HELD, expires_at__lte=timezone.now()).order_by("expires_at")
    released = 0
    for hold_id in list(expired.values_list("pk", flat=True)[:limit]):
        try:
            release(hold_id=hold_id, actor=None)
        except HoldClosed:  # captured in this moment
            continue
        released += 1
    return released


def _end(held: Hold, state: Hold.State) -> None:
    """The trigger takes the amount off what the wallet holds."""
    held.state, held.ended_at = state, timezone.now()
    held.save(update_fields=["state", "ended_at"])


def _hold(hold_id: int) -> Hold:
    held = Hold.objects.filter(pk=hold_id).first()
    if held is None:
        raise NotFound("There is no such hold.")
    return held
