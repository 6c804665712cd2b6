"""What the ledger holds about a person, for their export; and what becomes of it when they leave."""

from typing import Any

from apps.accounts.models import User
from apps.core import audit
from apps.economy.models import Hold
from apps.economy.selectors.entries import all_entries, wallet_of
from apps.economy.services import release


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the wallet and every entry as its owner sees it."""
    wallet = wallet_of(user)
    if wallet is None:
        return {"wallet": [], "wallet_entries": []}
    return {
        "wallet": [
            {
                "balance": wallet.cached_balance,
                "held": wallet.held_balance,
                "entries": wallet.entries,
                "head_hash": wallet.head_hash,
                "created_at": wallet.created_at,
            }
        ],
        "wallet_entries": [
            {
                "id": entry.row.pk,
                "amount": entry.amount,
                "balance_after": entry.balance_after,
                "reason": entry.row.reason,
                "why": entry.why,
                "note": entry.row.note,
                "cause": entry.row.cause,
                "tournament_id": entry.row.tournament_id,
                "registration_id": entry.row.registration_id,
                "match_id": entry.row.match_id,
                "created_at": entry.row.created_at,
                "hash": entry.hash,
            }
            for entry in all_entries(wallet)
        ],
    }


def purge(user: User) -> None:
    """Free what is set aside. Entries stay: they name wallets by number, and the profile behind it becomes nameless."""
    wallet = wallet_of(user)
    if wallet is None:
        return
    for hold_id in (
        Hold.objects.filter(wallet=wallet, state=Hold.State.HELD).order_by("pk").values_list("pk", flat=True)
    ):
        release(hold_id=hold_id, actor=None)
    audit.record(actor=None, action="wallet.owner_left", target=wallet, new={"balance": wallet.cached_balance})
