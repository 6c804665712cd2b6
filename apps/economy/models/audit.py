"""What the nightly proof of the ledger found."""

from django.db import models


class LedgerAudit(models.Model):
    """One run of ``audit_ledger``. Written once."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    wallets = models.PositiveBigIntegerField()
    transactions = models.PositiveBigIntegerField()
    coins = models.BigIntegerField(help_text="In all wallets together.")
    faults = models.PositiveBigIntegerField()
    findings = models.JSONField(default=list, help_text="The first of each kind.")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        verbose_name = "ledger audit"

    def __str__(self) -> str:
        return "No fault" if not self.faults else f"{self.faults} faults"
