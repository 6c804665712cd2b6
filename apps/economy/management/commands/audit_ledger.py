"""``manage.py audit_ledger``: prove every balance, chain and reference of the ledger; exit 1 on a fault."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.economy.services.auditing import audit_ledger


class Command(BaseCommand):
    help = "Recompute every balance, hash and reference of the DeltaCoin ledger, record the result, report differences."

    def handle(self, *args: Any, **options: Any) -> None:
        result = audit_ledger()
        for finding in result.findings:
            self.stderr.write(f"{finding['kind']} {finding['row']}: {finding['sentence']}")
        seconds = (result.finished_at - result.started_at).total_seconds()
        self.stdout.write(
            f"{result.transactions:,} entries, {result.wallets:,} wallets, {result.coins:,} DC, "
            f"{result.faults:,} faults, {seconds:.1f} s"
        )
        if result.faults:
            raise CommandError("The ledger is not right. docs/ledger.md says what to do.")
