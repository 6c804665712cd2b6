"""What backups ask of the ledger: its sums, its proof, and which tables are never restored by rows."""

from django.apps import apps
from django.db import transaction

from apps.core import jobs
from apps.economy.selectors import proof

REASON = (
    "The ledger is one chain: rows copied back would break it. Restore the whole set beside, compare, and write the "
    "difference as entries: `manual_adjust` or `correct`, docs/ledger.md."
)


def ledger_figures(using: str) -> dict[str, dict[str, int]]:
    """Return the sums that a backup writes down."""
    return {"ledger": proof.figures(using)}


def ledger_faults(using: str) -> list[str]:
    """Return what is wrong with the ledger of another database, as sentences."""
    found = proof.prove(using)
    return [f"Ledger, row {fault.row}: {fault.sentence}" for fault in found.faults]


def have_ledger_proved() -> None:
    """Have the worker prove what was restored. Nobody waits for it: what is wrong now was wrong in the backup."""
    with transaction.atomic():
        jobs.enqueue("economy.audit_ledger", _dedupe_key="economy.audit_ledger:restored")


def guarded_tables() -> dict[str, str]:
    """Return the tables of the ledger, and why they are refused."""
    return {model._meta.db_table: REASON for model in apps.get_app_config("economy").get_models()}
