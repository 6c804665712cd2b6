"""Every way coins move."""

from apps.economy.services.adjusting import approve_adjustment, manual_adjust, refuse_adjustment
from apps.economy.services.bulk import bulk_grant
from apps.economy.services.earning import earn
from apps.economy.services.holding import capture, hold, release, release_expired_holds
from apps.economy.services.many import Payment, award_many
from apps.economy.services.moving import award, correct, debit, refund, transfer

__all__ = [
    "Payment",
    "approve_adjustment",
    "award",
    "award_many",
    "bulk_grant",
    "capture",
    "correct",
    "debit",
    "earn",
    "hold",
    "manual_adjust",
    "refund",
    "refuse_adjustment",
    "release",
    "release_expired_holds",
    "transfer",
]
