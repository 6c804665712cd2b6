"""A player's coins."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class DeltaCrownWallet(models.Model):
    """One player's coins: the head of their chain of entries.

    ``cached_balance``, ``entries`` and ``head_hash`` are those of the newest entry. Only the insert of an entry changes
    them, by a trigger; the database refuses any other change (docs/adr/0012).
    """

    # The name of its unique index, idx_wallet_profile, is given in the migration.
    profile = models.OneToOneField("user_profile.UserProfile", on_delete=models.CASCADE, related_name="wallet")
    cached_balance = models.BigIntegerField(default=0, editable=False)
    held_balance = models.BigIntegerField(default=0, editable=False, help_text="In open holds; can't be spent.")
    entries = models.PositiveIntegerField(default=0, editable=False)
    head_hash = models.CharField(max_length=64, default="", blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "economy_deltacrown_wallet"
        verbose_name = "wallet"
        default_permissions = ("view",)
        permissions = [("manual_adjust_wallet", "Can adjust a wallet by hand")]
        constraints = [
            models.CheckConstraint(condition=Q(cached_balance__gte=0), name="economy_wallet_not_negative"),
            models.CheckConstraint(
                condition=Q(held_balance__gte=0, held_balance__lte=F("cached_balance")),
                name="economy_wallet_holds_covered",
            ),
        ]

    def __str__(self) -> str:
        return f"wallet {self.pk}"

    @property
    def available(self) -> int:
        """What can be spent now: the balance without what is held."""
        return self.cached_balance - self.held_balance
