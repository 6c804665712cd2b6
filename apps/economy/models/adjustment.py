"""Changes by hand, and the second person they need."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.economy.constants import KEY_LENGTH, NOTE_LENGTH
from apps.economy.models.wallet import DeltaCrownWallet


class WalletAdjustment(models.Model):
    """One superuser's wish to change a balance. Large ones wait for another superuser."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for a second person"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    wallet = models.ForeignKey(DeltaCrownWallet, on_delete=models.PROTECT, related_name="adjustments")
    amount = models.BigIntegerField()
    note = models.CharField(max_length=NOTE_LENGTH)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now(), editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    transaction = models.OneToOneField(
        "economy.DeltaCrownTransaction", on_delete=models.PROTECT, related_name="adjustment", null=True
    )
    idempotency_key = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        verbose_name = "adjustment"
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="economy_adjustment_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="economy_adjustment_moves_something"),
            models.CheckConstraint(condition=~Q(note=""), name="economy_adjustment_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="economy_adjustment_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", transaction__isnull=True, decided_by__isnull=True)
                | Q(state="done", transaction__isnull=False)
                | Q(state="refused", transaction__isnull=True, decided_by__isnull=False),
                name="economy_adjustment_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} DC for wallet {self.wallet_id}"
