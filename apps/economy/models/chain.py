"""What is hashed of an entry. docs/ledger.md, the SQL of the audit and the member's own checker say the same."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from apps.economy.constants import HASH_VERSION

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(at: datetime) -> int:
    """Return the time as a whole number, which no database and no library writes differently."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def side_hash(
    *,
    wallet_id: int,
    sequence: int,
    amount: int,
    balance_after: int,
    counterpart: str,
    reason: str,
    tournament_id: int | None,
    registration_id: int | None,
    match_id: int | None,
    origin_id: int | None,
    created_by_id: int | None,
    created_at: datetime,
    cause: str,
    previous_hash: str,
    fingerprint: str,
    idempotency_key: str,
    note: str,
) -> str:
    """Return the hash of one side of a movement. Of the parts only ``note``, the last, may hold a line break."""
    parts = (
        HASH_VERSION,
        wallet_id,
        sequence,
        amount,
        balance_after,
        counterpart,
        reason,
        tournament_id,
        registration_id,
        match_id,
        origin_id,
        created_by_id,
        microseconds(created_at),
        cause,
        previous_hash,
        fingerprint,
        idempotency_key,
        note,
    )
    return sha256("\n".join("" if part is None else str(part) for part in parts).encode()).hexdigest()


def content_hash(*parts: object) -> str:
    """Return the hash of what a request asks for, so that its key can't be used for something else."""
    return sha256("\x1f".join("" if part is None else str(part) for part in parts).encode()).hexdigest()


def sha256_hex(text: str) -> str:
    """Return the hash of a text; SQLite borrows it, PostgreSQL has its own."""
    return sha256(text.encode()).hexdigest()
