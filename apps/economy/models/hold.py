"""Coins that are promised and not yet spent."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.economy.constants import KEY_LENGTH
from apps.economy.models.wallet import DeltaCrownWallet


class Hold(models.Model):
    """A part of a balance set aside, such as for an order that is being paid. It ends captured or released, once.

    The entry of a captured hold has the key ``hold:<id>``.
    """

    class State(models.TextChoices):
        HELD = "held", "Held"
        CAPTURED = "captured", "Captured"
        RELEASED = "released", "Released"

    wallet = models.ForeignKey(DeltaCrownWallet, on_delete=models.PROTECT, related_name="holds", db_index=False)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.HELD)
    cause = models.CharField(max_length=64, help_text="What it is for, as kind:id.")
    idempotency_key = models.CharField(max_length=KEY_LENGTH)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "economy_hold"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["wallet"], condition=Q(state="held"), name="economy_hold_open"),
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="economy_hold_expiry"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="economy_hold_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="economy_hold_positive"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True)
                | Q(state__in=["captured", "released"], ended_at__isnull=False),
                name="economy_hold_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} DC {self.state} for {self.cause}"
