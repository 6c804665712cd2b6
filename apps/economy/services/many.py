"""Coins for many players at once, in a number of statements that doesn't grow with them.

For lists that a rule makes, as the results of a tournament. The entries are the same that ``award`` and ``correct``
write: same keys, same fingerprints, same chain.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import events
from apps.core.constraints import refusing
from apps.core.errors import DomainError
from apps.economy.constants import AWARDED_FROM, Account, Reason
from apps.economy.events import CoinsMoved
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.models.chain import side_hash
from apps.economy.services.locks import lock_wallets
from apps.economy.services.posting import Movement, key_reused
from apps.user_profile.models import UserProfile

BATCH = 500
Entry = DeltaCrownTransaction


@dataclass(frozen=True, kw_only=True)
class Payment:
    """One award of a list. ``key`` is what makes it the same award when it is asked for again."""

    profile_id: int
    amount: int
    reason: str
    key: str
    note: str = ""
    cause: str = ""
    tournament_id: int | None = None
    registration_id: int | None = None


@dataclass
class Outcome:
    """What came of a list: new entries, entries that undo earlier ones, and what could not be done."""

    paid: list[Entry] = field(default_factory=list)
    taken_back: list[Entry] = field(default_factory=list)
    spent: list[Entry] = field(default_factory=list)  # given before, and not there any more to be taken back
    unconfirmed: set[int] = field(default_factory=set)  # profiles whose account was never confirmed


@transaction.atomic
def award_many(
    payments: Sequence[Payment], *, actor: User | None, take_back: Collection[int] = (), note: str = ""
) -> Outcome:
    """Pay all of these, then undo the awards ``take_back`` (ids of entries) by their opposites.

    Paid first, so that who gets more than they lose is never short. A key that led to the same award before, and an
    entry that was undone before, are left alone; so are coins that their player has spent: no balance goes below zero.
    Nobody is told here: the caller knows what it was for.

    Args:
        actor: Who decided it; None when a rule did.
        note: Why entries are undone.

    Raises:
        DomainError: An amount or a reason is not possible.
        KeyReused: A key belongs to other content.
    """
    outcome = Outcome()
    origins = _to_undo(take_back)
    wallets, outcome.unconfirmed = _lock_wallets_of(
        {payment.profile_id for payment in payments}, {origin.wallet_id for origin in origins}
    )
    by_profile = {wallet.profile_id: wallet for wallet in wallets.values()}
    asked = [payment for payment in payments if payment.profile_id not in outcome.unconfirmed]
    now = timezone.now()
    outcome.paid = [
        _next_entry(by_profile[payment.profile_id], movement, actor, now)
        for payment, movement in _not_paid_before(asked)
    ]
    for origin in origins:
        wallet = wallets[origin.wallet_id]
        if wallet.available < origin.amount:
            outcome.spent.append(origin)
        else:
            outcome.taken_back.append(_next_entry(wallet, _opposite(origin, note), actor, now))
    _write(outcome.paid + outcome.taken_back, wallets)
    return outcome


def _to_undo(entry_ids: Collection[int]) -> list[Entry]:
    """Return the awards among these that were not undone yet."""
    if not entry_ids:
        return []
    entries = Entry.objects.filter(pk__in=entry_ids, reason__in=AWARDED_FROM).order_by("pk")
    if entries.count() != len(set(entry_ids)):
        raise DomainError("Only awards are taken back this way.")
    return list(entries.exclude(followers__reason=Reason.CORRECTION))


def _lock_wallets_of(profiles: set[int], wallets: set[int]) -> tuple[dict[int, DeltaCrownWallet], set[int]]:
    """Lock the wallets of these profiles and these wallets; make the missing ones. Return also who can't have one."""
    known = dict(DeltaCrownWallet.objects.filter(profile__in=profiles).values_list("profile_id", "pk"))
    missing = profiles - known.keys()
    unconfirmed: set[int] = set()
    if missing:
        unconfirmed = _never_confirmed(missing)
        opened = sorted(missing - unconfirmed)
        # Of two first coins at once the second waits for the first and finds its wallet.
        DeltaCrownWallet.objects.bulk_create(
            (DeltaCrownWallet(profile_id=pk) for pk in opened), ignore_conflicts=True, batch_size=BATCH
        )
        known |= DeltaCrownWallet.objects.filter(profile__in=opened).values_list("profile_id", "pk")
    return lock_wallets({*known.values(), *wallets}), unconfirmed


def _never_confirmed(profiles: Iterable[int]) -> set[int]:
    """Return those whose account was never confirmed: such accounts are deleted, and a ledger entry would keep them."""
    addresses = EmailAddress.objects.values("user_id")
    people = UserProfile.objects.filter(pk__in=profiles, user__last_login__isnull=True, user__in=addresses)
    return set(people.exclude(user__in=addresses.filter(verified=True)).values_list("pk", flat=True))


def _not_paid_before(payments: Sequence[Payment]) -> list[tuple[Payment, Movement]]:
    """Return what is new. Called under the wallets' locks."""
    movements = {payment.key: (payment, _movement(payment)) for payment in payments}
    if len(movements) != len(payments):
        raise DomainError("Two payments of a list have the same key.", field="idempotency_key")
    known = dict(Entry.objects.filter(idempotency_key__in=movements).values_list("idempotency_key", "fingerprint"))
    for key, fingerprint in known.items():
        if movements[key][1].fingerprint != fingerprint:
            raise key_reused()
    return [pair for key, pair in movements.items() if key not in known]


def _movement(payment: Payment) -> Movement:
    if payment.reason not in AWARDED_FROM or payment.amount < 1:
        raise DomainError(f"{payment.amount} DC for {payment.reason!r} is no award.", field="reason")
    return Movement(
        subject=f"profile:{payment.profile_id}",
        amount=payment.amount,
        reason=payment.reason,
        account=AWARDED_FROM[Reason(payment.reason)],
        note=payment.note,
        cause=payment.cause,
        tournament_id=payment.tournament_id,
        registration_id=payment.registration_id,
        key=payment.key,
    )


def _opposite(origin: Entry, note: str) -> Movement:
    return Movement(
        subject=f"entry:{origin.pk}",
        amount=-origin.amount,
        reason=Reason.CORRECTION,
        account=Account.CORRECTIONS,
        note=note,
        cause=origin.cause,
        tournament_id=origin.tournament_id,
        registration_id=origin.registration_id,
        match_id=origin.match_id,
        origin_id=origin.pk,
        key=f"undone:{origin.pk}",
    )


def _next_entry(wallet: DeltaCrownWallet, movement: Movement, actor: User | None, now: datetime) -> Entry:
    """Return the next link of the wallet's chain, not written yet, and let the wallet stand behind it."""
    facts = {
        **movement.references,
        "created_by_id": actor.pk if actor else None,
        "created_at": now,
        "idempotency_key": movement.key,
        "fingerprint": movement.fingerprint,
        "balance_after": wallet.cached_balance + movement.amount,
        "sequence": wallet.entries + 1,
        "previous_hash": wallet.head_hash,
    }
    hashed = side_hash(wallet_id=wallet.pk, amount=movement.amount, counterpart=movement.account, **facts)
    entry = Entry(wallet_id=wallet.pk, amount=movement.amount, account=movement.account, hash=hashed, **facts)
    wallet.cached_balance, wallet.entries, wallet.head_hash = entry.balance_after, entry.sequence, entry.hash
    return entry


def _write(entries: list[Entry], wallets: dict[int, DeltaCrownWallet]) -> None:
    """Insert in order: each row moves its wallet on, and the next of the same wallet continues it."""
    with refusing({"economy_transaction_key": key_reused}):
        Entry.objects.bulk_create(entries, batch_size=BATCH)
    for entry in entries:
        events.publish(
            CoinsMoved(
                transaction_id=entry.pk,
                profile_id=wallets[entry.wallet_id].profile_id,
                amount=entry.amount,
                reason=entry.reason,
            )
        )
