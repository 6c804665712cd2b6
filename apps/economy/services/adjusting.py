"""Balances changed by hand: by superusers, with a reason, and by two of them above a limit."""

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.economy import permissions
from apps.economy.constants import FOUR_EYES_ABOVE, FOUR_EYES_WINDOW, NOTE_LENGTH, Account, Reason
from apps.economy.errors import KeyReused
from apps.economy.models import DeltaCrownWallet, WalletAdjustment
from apps.economy.models.chain import content_hash
from apps.economy.services.locks import lock_wallet_of, lock_wallets
from apps.economy.services.posting import Movement, check_amount, check_covered, check_key, check_line, post
from apps.user_profile.models import UserProfile


@transaction.atomic
def manual_adjust(
    *, actor: User, profile: UserProfile, amount: int, note: str, idempotency_key: str
) -> WalletAdjustment:
    """Put ``amount`` DC into a wallet, or take them out when it is negative.

    What one person changes on one wallet within a day adds up: above ``FOUR_EYES_ABOVE`` the adjustment waits for a
    second person, and no coins move until then.

    Raises:
        PermissionRefused: Not a superuser.
        NotEnoughCoins: The wallet has less.
        DomainError: No reason, or an impossible amount.
        KeyReused: The key belongs to other content.
    """
    permissions.check_adjust(actor)
    check_amount(abs(amount) if type(amount) is int else amount)
    check_key(idempotency_key)
    note = note.strip()
    check_line(note, "note", NOTE_LENGTH)
    if not note:
        raise DomainError("Say why the balance changes.", field="note")
    wallet = lock_wallet_of(profile)
    before = WalletAdjustment.objects.filter(idempotency_key=idempotency_key).first()
    if before is not None:
        if (before.wallet_id, before.amount, before.note) != (wallet.pk, amount, note):
            raise KeyReused("This form was sent before with other content. Open it anew.")
        return before
    if amount < 0:
        check_covered(wallet, -amount)
    adjustment = WalletAdjustment(
        wallet=wallet, amount=amount, note=note, requested_by=actor, idempotency_key=idempotency_key
    )
    if abs(amount) + _changed_lately(actor, wallet) > FOUR_EYES_ABOVE:
        adjustment.save(force_insert=True)
        audit.record(actor=actor, action="wallet.adjustment_requested", target=adjustment, new={"amount": amount})
        return adjustment
    adjustment.state = WalletAdjustment.State.DONE
    return _carry_out(adjustment, actor, wallet)


@transaction.atomic
def approve_adjustment(*, actor: User, adjustment_id: int) -> WalletAdjustment:
    """Carry out what another superuser asked for.

    Raises:
        NeedsSecondPerson: It is the actor's own.
        Conflict: It was decided before.
        NotEnoughCoins: The wallet has less by now.
    """
    adjustment, wallet = _lock(adjustment_id)
    permissions.check_decide(actor, adjustment)
    _decide(adjustment, actor, WalletAdjustment.State.DONE)
    return _carry_out(adjustment, actor, wallet)


@transaction.atomic
def refuse_adjustment(*, actor: User, adjustment_id: int) -> WalletAdjustment:
    """Turn down what another superuser asked for. No coins move. Raises as :func:`approve_adjustment`."""
    adjustment, _ = _lock(adjustment_id)
    permissions.check_decide(actor, adjustment)
    _decide(adjustment, actor, WalletAdjustment.State.REFUSED)
    adjustment.save()
    audit.record(actor=actor, action="wallet.adjustment_refused", target=adjustment, new={"amount": adjustment.amount})
    return adjustment


def _lock(adjustment_id: int) -> tuple[WalletAdjustment, DeltaCrownWallet]:
    adjustment = WalletAdjustment.objects.filter(pk=adjustment_id).first()
    if adjustment is None:
        raise NotFound("There is no such adjustment.")
    wallet = lock_wallets([adjustment.wallet_id])[adjustment.wallet_id]
    adjustment.refresh_from_db()
    return adjustment, wallet


def _decide(adjustment: WalletAdjustment, actor: User, state: WalletAdjustment.State) -> None:
    if adjustment.state != WalletAdjustment.State.WAITING:
        raise Conflict("This adjustment was decided before.")
    adjustment.state, adjustment.decided_by, adjustment.decided_at = state, actor, timezone.now()


def _carry_out(adjustment: WalletAdjustment, actor: User, wallet: DeltaCrownWallet) -> WalletAdjustment:
    old = wallet.cached_balance
    movement = Movement(
        subject=f"profile:{wallet.profile_id}",
        amount=adjustment.amount,
        reason=Reason.MANUAL_ADJUST,
        account=Account.MINT,
        note=adjustment.note,
        key=f"adjust:{content_hash(adjustment.idempotency_key)}",  # a form's key may be as long as an entry's
    )
    adjustment.transaction = post(movement, actor=actor, wallet=wallet)
    adjustment.save()
    audit.record(
        actor=actor,
        action="wallet.adjusted",
        target=adjustment,
        old={"balance": old},
        new={"balance": wallet.cached_balance},
    )
    return adjustment


def _changed_lately(actor: User, wallet: DeltaCrownWallet) -> int:
    """Sum what ``actor`` alone changed on this wallet, so that ten small steps are one large one."""
    alone = WalletAdjustment.objects.filter(
        wallet=wallet,
        requested_by=actor,
        decided_by=None,
        state=WalletAdjustment.State.DONE,
        requested_at__gt=timezone.now() - FOUR_EYES_WINDOW,
    )
    return alone.aggregate(sum=Sum(Abs("amount")))["sum"] or 0
