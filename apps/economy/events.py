"""What happened to coins, for higher apps. Delivered on commit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CoinsMoved:
    """One movement. ``amount`` is seen from ``profile_id``; a transfer also names who got them."""

    transaction_id: int
    profile_id: int
    amount: int
    reason: str
    other_profile_id: int | None = None
