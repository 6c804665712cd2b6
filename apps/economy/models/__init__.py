"""The DeltaCoin ledger."""

from apps.economy.models.adjustment import WalletAdjustment
from apps.economy.models.audit import LedgerAudit
from apps.economy.models.hold import Hold
from apps.economy.models.policy import CoinPolicy
from apps.economy.models.transaction import DeltaCrownTransaction
from apps.economy.models.wallet import DeltaCrownWallet

__all__ = ["CoinPolicy", "DeltaCrownTransaction", "DeltaCrownWallet", "Hold", "LedgerAudit", "WalletAdjustment"]
