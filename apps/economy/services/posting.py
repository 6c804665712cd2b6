"""Writes one movement. Everything that moves coins ends here, under the lock of its wallets."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import events, jobs
from apps.core.errors import DomainError
from apps.corelib.figures import coins
from apps.economy.constants import KEY_LENGTH, LARGEST_MOVEMENT, NOTE_LENGTH
from apps.economy.errors import KeyReused, NotEnoughCoins
from apps.economy.events import CoinsMoved
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet
from apps.economy.models.chain import content_hash, side_hash
from apps.economy.services.statements import insert_entry


@dataclass(frozen=True, kw_only=True)
class Movement:
    """What is asked for. ``subject`` and ``other`` say whose: what the key is bound to besides the rest."""

    subject: str
    amount: int
    reason: str
    account: str = ""
    other: str = ""
    note: str = ""
    tournament_id: int | None = None
    registration_id: int | None = None
    match_id: int | None = None
    cause: str = ""
    origin_id: int | None = None
    key: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        check_amount(abs(self.amount) if type(self.amount) is int else self.amount)
        check_key(self.key)
        check_line(self.note, "note", NOTE_LENGTH)
        check_line(self.cause, "cause", 64)

    @property
    def references(self) -> dict[str, Any]:
        names = ("tournament_id", "registration_id", "match_id", "cause", "origin_id", "reason", "note")
        return {name: getattr(self, name) for name in names}

    @property
    def fingerprint(self) -> str:
        return content_hash(self.subject, self.amount, self.account, self.other, *self.references.values())


def check_amount(amount: object) -> None:
    """Coins are whole and positive; which way they go is the service's word."""
    if type(amount) is not int or not 1 <= amount <= LARGEST_MOVEMENT:
        raise DomainError(f"Give a whole number of coins from 1 to {LARGEST_MOVEMENT:,}.", field="amount")


def check_key(key: str) -> None:
    if not 1 <= len(key) <= KEY_LENGTH or not key.isprintable():
        raise DomainError(f"An idempotency key has 1 to {KEY_LENGTH} printable characters.", field="idempotency_key")


def check_line(text: str, name: str, longest: int) -> None:
    if len(text) > longest or any(ord(sign) < 32 for sign in text):
        raise DomainError(f"A {name} is one line of at most {longest} characters.", field=name)


def joined() -> AbstractContextManager[Any]:
    """Return the caller's transaction, or a new one. For a service whose only write is its last statement: without a
    savepoint it costs two statements less, and refused, it has nothing to take back.
    """
    return nullcontext() if transaction.get_connection().in_atomic_block else transaction.atomic()


def key_reused() -> KeyReused:
    return KeyReused("This key was used for another movement. Repeat that one exactly, or use a new key.")


def answered_before(movement: Movement) -> DeltaCrownTransaction | None:
    """Return the entry that this key led to. Call it under the wallet's lock.

    Raises:
        KeyReused: It led to something else than is asked for now.
    """
    before = DeltaCrownTransaction.objects.filter(idempotency_key=movement.key).first()
    if before is not None and before.fingerprint != movement.fingerprint:
        raise key_reused()
    return before


def check_covered(wallet: DeltaCrownWallet, amount: int) -> None:
    """Refuse to take ``amount`` from a wallet that has not got it free."""
    if wallet.available < amount:
        held = f" {coins(wallet.held_balance)} are set aside." if wallet.held_balance else ""
        raise NotEnoughCoins(
            f"That takes {coins(amount)} and there are {coins(wallet.available)} to spend.{held}", field="amount"
        )


def post(
    movement: Movement,
    *,
    actor: User | None,
    wallet: DeltaCrownWallet,
    counter_wallet: DeltaCrownWallet | None = None,
    tell: bool = True,
) -> DeltaCrownTransaction:
    """Write the movement between locked wallets, or return the entry that its key led to before.

    The insert moves the balances, and it is what looks for the key: asking before each insert would cost every movement
    what only a repeated one needs. ``amount`` is seen from ``wallet``.

    Raises:
        NotEnoughCoins: The wallet that they leave has less, and the key is new.
        KeyReused: The key led to something else.
    """
    leaving, amount = (wallet, -movement.amount) if movement.amount < 0 else (counter_wallet, movement.amount)
    if leaving is not None and leaving.available < amount:
        if before := answered_before(movement):
            return before
        check_covered(leaving, amount)
    common: dict[str, Any] = {
        **movement.references,
        "created_by_id": actor.pk if actor else None,
        "created_at": timezone.now(),
        "idempotency_key": movement.key,
        "fingerprint": movement.fingerprint,
    }
    counterpart = f"wallet:{counter_wallet.pk}" if counter_wallet else movement.account
    values: dict[str, Any] = {
        "wallet_id": wallet.pk,
        "account": movement.account,
        "amount": movement.amount,
        **common,
        **_next(wallet, movement.amount, counterpart, common),
    }
    if counter_wallet:
        values["counter_wallet_id"] = counter_wallet.pk
        for name, value in _next(counter_wallet, -movement.amount, f"wallet:{wallet.pk}", common).items():
            values[f"counter_{name}"] = value
    entry = insert_entry(values)
    if entry is None:
        before = answered_before(movement)  # visible now: the insert waited for whoever wrote the key
        if before is None:
            raise key_reused()
        return before
    entry.wallet, entry.counter_wallet = wallet, counter_wallet  # so that nobody asks for them again
    _follow(entry, wallet, counter_wallet)
    events.publish(
        CoinsMoved(
            transaction_id=entry.pk,
            profile_id=wallet.profile_id,
            amount=movement.amount,
            reason=movement.reason,
            other_profile_id=counter_wallet.profile_id if counter_wallet else None,
        )
    )
    if tell:
        # A job and not notify(): this runs under the wallet's lock, and telling takes ten statements.
        jobs.enqueue("economy.tell_movement", transaction_id=entry.pk)
    return entry


def _next(wallet: DeltaCrownWallet, amount: int, counterpart: str, common: dict[str, Any]) -> dict[str, Any]:
    """Return the next link of the wallet's chain."""
    link: dict[str, Any] = {
        "balance_after": wallet.cached_balance + amount,
        "sequence": wallet.entries + 1,
        "previous_hash": wallet.head_hash,
    }
    return link | {"hash": side_hash(wallet_id=wallet.pk, amount=amount, counterpart=counterpart, **link, **common)}


def _follow(entry: DeltaCrownTransaction, wallet: DeltaCrownWallet, counter_wallet: DeltaCrownWallet | None) -> None:
    """Let the objects in memory say what the trigger made of their rows."""
    wallet.cached_balance, wallet.entries, wallet.head_hash = entry.balance_after, entry.sequence, entry.hash
    if counter_wallet:
        counter_wallet.cached_balance = entry.counter_balance_after or 0
        counter_wallet.entries = entry.counter_sequence or 0
        counter_wallet.head_hash = entry.counter_hash
