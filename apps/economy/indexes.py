"""The indexes of the ledger that pages depend on, each with the query that it is for."""

from datetime import timedelta

from django.utils import timezone

from apps.core.indexes import IndexUse
from apps.economy.models import DeltaCrownTransaction, DeltaCrownWallet

_LEDGER = DeltaCrownTransaction._meta.db_table

INDEXES = [
    IndexUse(
        "idx_wallet_profile",
        DeltaCrownWallet._meta.db_table,
        "somebody's wallet",
        lambda: DeltaCrownWallet.objects.filter(profile=1).order_by(),
    ),
    IndexUse(
        "idx_transaction_wallet",
        _LEDGER,
        "the statement of a wallet, newest first",
        lambda: DeltaCrownTransaction.objects.filter(wallet=1).order_by("-sequence")[:50],
    ),
    IndexUse(
        "idx_transaction_created",
        _LEDGER,
        "the movements of a day",
        lambda: DeltaCrownTransaction.objects.filter(created_at__gte=timezone.now() - timedelta(days=1)).order_by(),
    ),
]
