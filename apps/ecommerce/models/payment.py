"""How an order is paid, and how money goes back."""

from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from apps.common.images import Purpose, register
from apps.ecommerce.constants import COUNTED_PAYMENT_STATES, LIVE_PAYMENT_STATES, PaymentState, Provider
from apps.ecommerce.models.order import Order
from apps.economy.models import DeltaCrownTransaction

# A screenshot of a telephone keeps its shape: its text has to stay readable.
PROOF = register(Purpose("payment_proof", "The screenshot", Fraction(9, 16), (1080,), min_width=240, keeps_shape=True))


class PayTo(models.Model):
    """Where buyers send money: a number of the shop, kept by staff."""

    provider = models.CharField(
        max_length=6,
        choices=[choice for choice in Provider.choices if choice[0] in ("bkash", "nagad", "rocket", "bank")],
    )
    number = models.CharField(max_length=40, help_text="The number or account that money is sent to.")
    holder = models.CharField(max_length=80, help_text="In whose name it is.")
    details = models.CharField(max_length=200, blank=True, help_text="Such as Merchant, or the bank and branch.")
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "pay-to number"
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(is_active=True), name="ecommerce_pay_to_one_active"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.number}"


class Payment(models.Model):
    """One attempt to pay an order. An order has at most one that is open or being checked, for its part in taka.

    ``trx_id`` counts once for a provider, whatever its case, while it is being checked or was found; a rejected one is
    free again, because the first try may have come before the provider's list. ``claimed_by`` is who of the staff looks
    at it; a claim lapses.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=6, choices=Provider.choices)
    amount_poisha = models.BigIntegerField(default=0)
    amount_coins = models.BigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=PaymentState.choices, default=PaymentState.OPEN)
    reference = models.CharField(max_length=64, blank=True, help_text="The provider's number, such as PayPal's order.")
    trx_id = models.CharField("TrxID", max_length=40, blank=True)
    sender = models.CharField(max_length=40, blank=True, help_text="From which number or account it came.")
    pay_to = models.ForeignKey(PayTo, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    entry = models.OneToOneField(
        DeltaCrownTransaction, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Who found or rejected it; empty when the provider said so itself.",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was rejected, for the buyer.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["submitted_at", "id"], condition=Q(state=PaymentState.SUBMITTED), name="ecommerce_payment_queue"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                "provider",
                Lower("trx_id"),
                condition=~Q(trx_id="") & Q(state__in=COUNTED_PAYMENT_STATES),
                name="ecommerce_payment_trx_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "reference"], condition=~Q(reference=""), name="ecommerce_payment_reference_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=LIVE_PAYMENT_STATES), name="ecommerce_payment_one_live"
            ),
            models.CheckConstraint(
                condition=Q(amount_poisha__gt=0, amount_coins=0) | Q(amount_poisha=0, amount_coins__gt=0),
                name="ecommerce_payment_one_currency",
            ),
            models.CheckConstraint(condition=Q(state__in=PaymentState.values), name="ecommerce_payment_state_known"),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="ecommerce_payment_provider_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} for {self.order_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_PAYMENT_STATES


class PaymentProof(models.Model):
    """The buyer's screenshot, as WebP. In the database and not among the media: it shows numbers and balances, and
    whoever has the address of a medium can see it.
    """

    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, related_name="proof")
    image = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"screenshot of {self.payment_id}"


class Refund(models.Model):
    """Money that went back: coins by the ledger, taka by somebody who says how they sent it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    provider = models.CharField(max_length=6, choices=Provider.choices)
    amount_poisha = models.BigIntegerField(default=0)
    amount_coins = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=64, blank=True, help_text="The TrxID or receipt of sending it back.")
    reason = models.CharField(max_length=300, blank=True)
    entry = models.OneToOneField(
        DeltaCrownTransaction, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    idempotency_key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_poisha__gt=0, amount_coins=0) | Q(amount_poisha=0, amount_coins__gt=0),
                name="ecommerce_refund_one_currency",
            )
        ]

    def __str__(self) -> str:
        return f"refund {self.pk} of {self.order_id}"
