"""The ledger does not add up: what does not, since when. Nothing of it is ever mended by a command."""

from django.utils import timezone

from apps.core.runbooks import Diagnosis, Look, Runbook, register
from apps.economy.models import LedgerAudit
from apps.economy.selectors.proof import prove

SHOWN = 10
OLD = 30 * 3600.0  # seconds: the nightly proof may be late by some hours


def look(diagnosis: Diagnosis, look: Look) -> None:
    """Show the last proof, and with time prove the whole ledger again."""
    last = LedgerAudit.objects.first()
    if last is None:
        diagnosis.note("The ledger was never proved: economy.audit_ledger has not run yet.")
    else:
        age = (timezone.now() - last.finished_at).total_seconds()
        diagnosis.evidence["last proof"] = {"at": last.finished_at, "faults": last.faults, "findings": last.findings}
        diagnosis.judge(
            last.faults == 0,
            f"The proof of {last.finished_at:%F %R} UTC found {last.faults} faults in {last.coins} coins.",
        )
        if age > look.seconds(OLD):
            diagnosis.note(f"That was {age / 3600:.0f} hours ago: see schedule-failing.")
    if look.deep:
        _prove_now(diagnosis)
    if diagnosis.level == "wrong":
        last_good = LedgerAudit.objects.filter(faults=0).first()
        since = f"The last proof without a fault was at {last_good.finished_at:%F %R} UTC. " if last_good else ""
        diagnosis.advise(
            f"{since}Coins are mended by an entry that compensates (Admin → Wallets → adjust), never by changing rows: "
            "the database refuses that. First find who wrote the row: the audit trail and its reference name it."
        )


def _prove_now(diagnosis: Diagnosis) -> None:
    proof = prove()
    diagnosis.evidence["proof now"] = {"faults": [vars(fault) for fault in proof.faults]}
    if not proof.count:
        diagnosis.ok(
            f"Proved now: {proof.transactions} entries in {proof.wallets} wallets add up to {proof.coins} coins."
        )
    for fault in proof.faults[:SHOWN]:
        diagnosis.wrong(f"{fault.kind}: {fault.sentence}")


def register_all() -> None:
    """Make the ledger's runbook known."""
    register(Runbook("ledger-mismatch", "The ledger does not add up", look, alerts=("LedgerMismatch",)))
