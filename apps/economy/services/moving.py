"""Coins in, coins out, from player to player, and back.

All of these are composable: they join the caller's transaction. With the same ``idempotency_key`` and the same content
they return the first answer; with other content they raise ``KeyReused``.
"""

from typing import Any, TypedDict, Unpack

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict, DomainError, NotFound
from apps.economy import permissions
from apps.economy.constants import AWARDED_FROM, DEBITED_TO, REFUNDABLE, Account, Reason
from apps.economy.errors import AlreadyCorrected
from apps.economy.models import DeltaCrownTransaction
from apps.economy.services.locks import lock_wallet_of, lock_wallets, lock_wallets_of
from apps.economy.services.posting import Movement, check_amount, joined, post
from apps.user_profile.models import UserProfile


class References(TypedDict, total=False):
    """Where a movement comes from. The numbers are those of tournaments held elsewhere."""

    note: str
    tournament_id: int | None
    registration_id: int | None
    match_id: int | None
    cause: str


def award(
    *,
    profile: UserProfile,
    amount: int,
    reason: str,
    actor: User | None = None,
    idempotency_key: str | None = None,
    tell: bool = True,
    **references: Unpack[References],
) -> DeltaCrownTransaction:
    """Pay ``amount`` whole DC into the wallet of ``profile``. The one way in.

    Args:
        profile: Who gets them. The first coins make the wallet.
        amount: Positive, in DC.
        reason: One of ``AWARDED_FROM``; the other ways in have services of their own.
        actor: Who decided it; None when a rule did.
        idempotency_key: What makes this the same award when it is asked for again.
        tell: Whether the player is notified.

    Raises:
        DomainError: The amount, the reason or a text is not possible; ``field`` names it.
        KeyReused: The key belongs to other content.
        Conflict: The account was never confirmed.
    """
    check_amount(amount)
    account = _account(AWARDED_FROM, reason)
    return _move(
        profile, amount, reason, account, actor=actor, key=idempotency_key, tell=tell, references=dict(references)
    )


def debit(
    *,
    profile: UserProfile,
    amount: int,
    reason: str,
    actor: User | None,
    idempotency_key: str | None = None,
    tell: bool = False,
    **references: Unpack[References],
) -> DeltaCrownTransaction:
    """Take ``amount`` whole DC (given positive) out of the wallet of ``profile``.

    Raises:
        NotEnoughCoins: The balance without holds is smaller.
        DomainError, KeyReused: As in :func:`award`.
    """
    check_amount(amount)
    account = _account(DEBITED_TO, reason)
    return _move(
        profile, -amount, reason, account, actor=actor, key=idempotency_key, tell=tell, references=dict(references)
    )


def _move(
    profile: UserProfile,
    amount: int,
    reason: str,
    account: str,
    *,
    actor: User | None,
    key: str | None,
    tell: bool,
    references: dict[str, Any],
) -> DeltaCrownTransaction:
    movement = Movement(
        subject=f"profile:{profile.pk}", amount=amount, reason=reason, account=account, **references, **_key(key)
    )
    with joined():
        return post(movement, actor=actor, wallet=lock_wallet_of(profile), tell=tell)


def transfer(
    *,
    actor: User,
    sender: UserProfile,
    recipient: UserProfile,
    amount: int,
    idempotency_key: str | None = None,
    **references: Unpack[References],
) -> DeltaCrownTransaction:
    """Send coins from one player to another; one row with both wallets, told to who gets them.

    Raises:
        PermissionRefused: ``actor`` is not the sender.
        NotEnoughCoins: The sender has less.
        DomainError, KeyReused: As in :func:`award`.
    """
    permissions.check_owner(actor, sender)
    check_amount(amount)
    if sender.pk == recipient.pk:
        raise DomainError("Coins can't be sent to their own wallet.", field="recipient")
    movement = Movement(
        subject=f"profile:{sender.pk}",
        other=f"profile:{recipient.pk}",
        amount=-amount,
        reason=Reason.TRANSFER,
        **references,
        **_key(idempotency_key),
    )
    with transaction.atomic():
        wallets = lock_wallets_of(sender, recipient)
        return post(movement, actor=actor, wallet=wallets[sender.pk], counter_wallet=wallets[recipient.pk])


def refund(
    *,
    transaction_id: int,
    actor: User | None,
    amount: int | None = None,
    idempotency_key: str | None = None,
    note: str = "",
    tell: bool = True,
) -> DeltaCrownTransaction:
    """Give back a purchase, an entry fee or a paid promotion, whole (``amount`` left out: what remains) or in part.

    Raises:
        Conflict: More than was paid, earlier refunds taken off, or nothing that can be refunded.
    """
    origin = _entry(transaction_id)
    if origin.reason not in REFUNDABLE or origin.amount > 0:
        raise Conflict("Only purchases, entry fees and paid promotions can be refunded.")
    with transaction.atomic():
        wallets = lock_wallets([origin.wallet_id])
        refunds, corrected_by = _followers(origin)
        before = refunds.get(idempotency_key or "")
        if before is not None and amount is None:
            amount = before  # "what remains" meant this much, the first time
        left = 0 if corrected_by else -origin.amount - sum(refunds.values())
        amount = left if amount is None else amount
        if before is None and not 0 < amount <= left:
            raise Conflict(f"Of this payment {left:,} DC can still be refunded.", code="refund_too_large")
        movement = _following(origin, amount, Reason.REFUND, account=origin.account, key=idempotency_key, note=note)
        return post(movement, actor=actor, wallet=wallets[origin.wallet_id], tell=tell)


def correct(
    *, actor: User, transaction_id: int, note: str, idempotency_key: str | None = None
) -> DeltaCrownTransaction:
    """Undo an entry by its opposite. The entry itself stays.

    Against an account of the platform the other side is "corrections", so that a day's figures of store and rewards
    stay what they were; a transfer goes back to who sent it.

    Raises:
        PermissionRefused: Not a superuser.
        AlreadyCorrected, NotEnoughCoins, Conflict: Undone before, spent meanwhile, or partly refunded.
    """
    permissions.check_adjust(actor)
    if not note.strip():
        raise DomainError("Say why it is corrected.", field="note")
    origin = _entry(transaction_id)
    if origin.reason == Reason.CORRECTION:
        raise Conflict("A correction is not corrected. Adjust the wallet instead.")
    with transaction.atomic():
        wallets = lock_wallets([pk for pk in (origin.wallet_id, origin.counter_wallet_id) if pk])
        refunds, corrected_by = _followers(origin)
        if corrected_by and corrected_by != idempotency_key:
            raise AlreadyCorrected("This entry was corrected before.")
        if not corrected_by and refunds:
            raise Conflict("Parts of this entry were refunded. Refund the rest instead.")
        account = "" if origin.counter_wallet_id else Account.CORRECTIONS
        movement = _following(
            origin, -origin.amount, Reason.CORRECTION, account=account, key=idempotency_key, note=note.strip()
        )
        counter_wallet = wallets[origin.counter_wallet_id] if origin.counter_wallet_id else None
        entry = post(movement, actor=actor, wallet=wallets[origin.wallet_id], counter_wallet=counter_wallet)
        if not corrected_by:
            audit.record(
                actor=actor,
                action="wallet.entry_corrected",
                target=origin,
                old={"amount": origin.amount},
                new={"entry": entry.pk},
            )
        return entry


def _followers(origin: DeltaCrownTransaction) -> tuple[dict[str, int], str]:
    """Return the refunds of an entry, amounts by key, and the key of its correction. Under the wallet's lock."""
    rows = list(origin.followers.values_list("reason", "idempotency_key", "amount"))
    refunds = {key: amount for reason, key, amount in rows if reason == Reason.REFUND}
    return refunds, next((key for reason, key, _ in rows if reason == Reason.CORRECTION), "")


def _following(
    origin: DeltaCrownTransaction, amount: int, reason: Reason, *, account: str, key: str | None, note: str
) -> Movement:
    """Return the movement that refunds or corrects ``origin``, with its references."""
    return Movement(
        subject=f"entry:{origin.pk}",
        amount=amount,
        reason=reason,
        account=account,
        note=note,
        tournament_id=origin.tournament_id,
        registration_id=origin.registration_id,
        match_id=origin.match_id,
        cause=origin.cause,
        origin_id=origin.pk,
        **_key(key),
    )


def _entry(transaction_id: int) -> DeltaCrownTransaction:
    entry = DeltaCrownTransaction.objects.filter(pk=transaction_id).first()
    if entry is None:
        raise NotFound("There is no such entry.")
    return entry


def _account(accounts: dict[Reason, Account], reason: str) -> str:
    if reason not in accounts:
        raise DomainError(f"{reason!r} is no reason for this. There are {', '.join(accounts)}.", field="reason")
    return accounts[Reason(reason)]


def _key(key: str | None) -> dict[str, Any]:
    return {} if key is None else {"key": key}
