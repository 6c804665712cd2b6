"""Telling players what came into their wallets."""

from apps.corelib.figures import coins
from apps.economy.constants import Reason
from apps.economy.models import DeltaCrownTransaction
from apps.economy.selectors.entries import in_words
from apps.notifications.services import notify


def tell_movement(transaction_id: int) -> int:
    """Tell whose balance changed, other than by their own act. Run twice, it tells once."""
    entry = DeltaCrownTransaction.objects.select_related("wallet__profile", "counter_wallet__profile").get(
        pk=transaction_id
    )
    if entry.counter_wallet and entry.reason == Reason.TRANSFER:
        told, amount, balance = entry.counter_wallet, -entry.amount, entry.counter_balance_after
    else:
        told, amount, balance = entry.wallet, entry.amount, entry.balance_after
    return notify(
        [told.profile.user_id],
        "economy.coins_in" if amount > 0 else "economy.coins_out",
        subject=entry,
        context={
            "amount": coins(abs(amount)),
            "why": in_words(entry, told.pk),
            "balance": coins(balance or 0),
        },
        fingerprint=f"entry:{entry.pk}",
    )
