"""Proving the ledger and writing down what came out."""

import logging
from dataclasses import asdict

from django.utils import timezone

from apps.economy.models import LedgerAudit
from apps.economy.selectors.proof import prove

logger = logging.getLogger(__name__)


def audit_ledger() -> LedgerAudit:
    """Prove the whole ledger and record the result, good or bad. A fault is an error in the log."""
    started_at = timezone.now()
    proof = prove()
    result = LedgerAudit.objects.create(
        started_at=started_at,
        finished_at=timezone.now(),
        wallets=proof.wallets,
        transactions=proof.transactions,
        coins=proof.coins,
        faults=proof.count,
        findings=[asdict(fault) for fault in proof.faults],
    )
    if proof.count:
        logger.error("The ledger audit %s found %s faults", result.pk, proof.count)
    return result
