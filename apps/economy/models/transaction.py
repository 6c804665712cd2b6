"""The ledger: one row for each movement, with both of its sides."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.economy.constants import KEY_LENGTH, NOTE_LENGTH, Account, Reason
from apps.economy.models.wallet import DeltaCrownWallet


class DeltaCrownTransaction(models.Model):
    """``amount`` into ``wallet`` and the same amount out of the other side: an account of the platform or a wallet.

    Both sides stand in one row, so a movement that does not sum to zero can't be written down. ``amount`` is seen from
    ``wallet``: negative when coins leave it. Each side is a link in its wallet's chain: ``sequence`` counts from 1,
    ``hash`` covers the side and the hash before it. Rows are written once (docs/ledger.md).
    """

    wallet = models.ForeignKey(
        DeltaCrownWallet,
        on_delete=models.PROTECT,
        related_name="transactions",
        db_index=False,  # idx_transaction_wallet begins with it
    )
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField()
    sequence = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    account = models.CharField(max_length=12, blank=True, choices=Account.choices)
    counter_wallet = models.ForeignKey(
        DeltaCrownWallet,
        on_delete=models.PROTECT,
        related_name="counter_transactions",
        null=True,
        blank=True,
        db_index=False,  # economy_transaction_counter begins with it
    )
    counter_balance_after = models.BigIntegerField(null=True, blank=True)
    counter_sequence = models.PositiveIntegerField(null=True, blank=True)
    counter_previous_hash = models.CharField(max_length=64, blank=True)
    counter_hash = models.CharField(max_length=64, blank=True)

    reason = models.CharField(max_length=16, choices=Reason.choices)
    note = models.CharField(max_length=NOTE_LENGTH, blank=True)
    tournament_id = models.BigIntegerField(null=True, blank=True)
    registration_id = models.BigIntegerField(null=True, blank=True)
    match_id = models.BigIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=64, blank=True, help_text="What it was for, as kind:id.")
    origin = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="followers",
        null=True,
        blank=True,
        db_index=False,  # economy_transaction_origin
        help_text="The entry that this one refunds or corrects.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,  # economy_transaction_creator
        help_text="Empty when the platform itself acted.",
    )
    created_at = models.DateTimeField()  # hashed, so the program says it and not the database
    idempotency_key = models.CharField(max_length=KEY_LENGTH)
    fingerprint = models.CharField(max_length=64, help_text="Hash of what the key was used to ask for.")

    class Meta:
        db_table = "economy_deltacrown_transaction"
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger entries"
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["created_at"], name="idx_transaction_created"),
            models.Index(
                fields=["registration_id"],
                condition=Q(registration_id__isnull=False),
                name="economy_transaction_result",
            ),
            models.Index(fields=["origin"], condition=Q(origin__isnull=False), name="economy_transaction_origin"),
            models.Index(
                fields=["created_by"], condition=Q(created_by__isnull=False), name="economy_transaction_creator"
            ),
        ]
        constraints = [
            # The seed's index on wallet_id, made to serve the list of a wallet and to keep its chain from forking.
            models.UniqueConstraint(fields=["wallet", "sequence"], name="idx_transaction_wallet"),
            models.UniqueConstraint(
                fields=["counter_wallet", "counter_sequence"],
                condition=Q(counter_wallet__isnull=False),
                name="economy_transaction_counter",
            ),
            models.UniqueConstraint(fields=["idempotency_key"], name="economy_transaction_key"),
            models.UniqueConstraint(
                fields=["origin"], condition=Q(reason=Reason.CORRECTION), name="economy_transaction_corrected_once"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="economy_transaction_moves_something"),
            models.CheckConstraint(
                condition=Q(balance_after__gte=0)
                & (Q(counter_balance_after__isnull=True) | Q(counter_balance_after__gte=0)),
                name="economy_transaction_not_negative",
            ),
            models.CheckConstraint(
                condition=(
                    Q(account__in=Account.values, counter_wallet__isnull=True, counter_balance_after__isnull=True)
                    & Q(counter_sequence__isnull=True, counter_hash="", counter_previous_hash="")
                )
                | (
                    Q(account="", counter_wallet__isnull=False, counter_balance_after__isnull=False)
                    & Q(counter_sequence__isnull=False)
                    & ~Q(counter_hash="")
                    & ~Q(counter_wallet=F("wallet"))
                ),
                name="economy_transaction_two_sides",
            ),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="economy_transaction_reason_known"),
            models.CheckConstraint(
                condition=Q(origin__isnull=False) | ~Q(reason__in=[Reason.REFUND, Reason.CORRECTION]),
                name="economy_transaction_refers_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.amount:+} DC"

    def get_absolute_url(self) -> str:
        return reverse("economy:entry", args=[self.pk])
