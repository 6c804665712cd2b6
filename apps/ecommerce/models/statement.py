"""What the providers say came in: their statements, line by line."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from apps.ecommerce.constants import Provider
from apps.ecommerce.models.payment import Payment


class Statement(models.Model):
    """One file that staff brought. ``problems`` are its lines that could not be read, with their numbers."""

    provider = models.CharField(max_length=6, choices=Provider.choices)
    name = models.CharField(max_length=120, help_text="The file's name.")
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    added = models.PositiveIntegerField(default=0)
    known_before = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0, help_text="Lines of money that went out.")
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.get_provider_display()} statement {self.pk}"


class StatementLine(models.Model):
    """Money that came. A TrxID is one line, however often its file is brought; a line pays for one payment."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    provider = models.CharField(max_length=6, choices=Provider.choices)
    number = models.PositiveIntegerField(help_text="Where it stands in the file.")
    trx_id = models.CharField("TrxID", max_length=40)
    amount_poisha = models.BigIntegerField()
    sender = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(null=True, blank=True)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, related_name="statement_line", null=True, blank=True
    )
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    note = models.CharField(max_length=200, blank=True, help_text="Why no order belongs to it, once somebody knows.")

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["statement", "number"], name="ecommerce_line_of"),
            models.Index(fields=["id"], condition=Q(payment__isnull=True, note=""), name="ecommerce_line_open"),
        ]
        constraints = [
            models.UniqueConstraint("provider", Lower("trx_id"), name="ecommerce_line_once"),
            models.CheckConstraint(condition=Q(amount_poisha__gte=1) & ~Q(trx_id=""), name="ecommerce_line_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.trx_id}"

    @property
    def amount_taka(self) -> Decimal:
        return Decimal(self.amount_poisha) / 100
