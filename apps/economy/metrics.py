"""The ledger in figures."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Sum
from django.db.models.functions import Abs, Now

from apps.core.metrics import Family, Source, register
from apps.core.metrics.sources import Values
from apps.core.operations import conditions
from apps.core.operations.conditions import CRITICAL, Condition, Facts
from apps.economy.models import DeltaCrownTransaction, LedgerAudit

TRANSACTIONS = Family("deltacrown_ledger_transactions_last_day", "Entries of the ledger in the last 24 hours.")
COINS = Family("deltacrown_ledger_coins_last_day", "DeltaCoin that these entries moved.")
FAULTS = Family("deltacrown_ledger_audit_faults", "What the last proof of the ledger found wrong.")
PROVED = Family("deltacrown_ledger_audit_timestamp_seconds", "When the ledger was last proved.")


def read() -> Values:
    day = DeltaCrownTransaction.objects.filter(created_at__gte=Now() - timedelta(days=1)).aggregate(
        number=Count("pk"), coins=Sum(Abs("amount"))
    )
    proof = LedgerAudit.objects.order_by("-pk").values("faults", "finished_at").first()
    return {
        TRANSACTIONS.name: day["number"],
        COINS.name: day["coins"] or 0,
        FAULTS.name: proof["faults"] if proof else None,
        PROVED.name: proof["finished_at"].timestamp() if proof else None,
    }


def mismatch(facts: Facts) -> Iterator[str]:
    faults = facts.now.total(FAULTS.name)
    if faults:
        yield f"The last proof of the ledger found {faults:.0f} fault{'s' if faults > 1 else ''}."


def register_all() -> None:
    conditions.register(Condition("LedgerMismatch", CRITICAL, "ledger-mismatch", mismatch))
    register(Source("ledger", (TRANSACTIONS, COINS, FAULTS, PROVED), read, fresh_for=30))
