"""Points for what was bought and kept: a programme, its tiers, an account for each person, and every step of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.ecommerce.constants import PointKind
from apps.ecommerce.models.coupon import Coupon
from apps.ecommerce.models.order import Order


class LoyaltyProgram(models.Model):
    """What points are given for, and what they are worth. One runs at a time."""

    name = models.CharField(max_length=40)
    points_per_100_taka = models.PositiveSmallIntegerField(default=1, help_text="For goods paid in taka.")
    point_value_poisha = models.PositiveIntegerField(default=100, help_text="What one point takes off, as a coupon.")
    smallest_redemption = models.PositiveIntegerField(default=50, help_text="Points at least.")
    coupon_days = models.PositiveSmallIntegerField(default=90, help_text="How long a coupon made of points is good.")
    is_active = models.BooleanField(default=False)

    class Meta:
        verbose_name = "loyalty programme"
        ordering = ["-is_active", "-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="ecommerce_loyalty_one_active"
            ),
            models.CheckConstraint(
                condition=Q(
                    points_per_100_taka__gte=1,
                    points_per_100_taka__lte=1000,
                    point_value_poisha__gte=1,
                    point_value_poisha__lte=100_000,
                    smallest_redemption__gte=1,
                    coupon_days__gte=1,
                ),
                name="ecommerce_loyalty_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LoyaltyTier(models.Model):
    """Who has earned so many points altogether gets more for each purchase."""

    program = models.ForeignKey(LoyaltyProgram, on_delete=models.CASCADE, related_name="tiers", db_index=False)
    name = models.CharField(max_length=24)
    from_points = models.PositiveIntegerField(help_text="Earned altogether, redeemed ones included.")
    percent = models.PositiveSmallIntegerField(default=100, help_text="150: half as many again for each purchase.")

    class Meta:
        ordering = ["from_points"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["program", "from_points"], name="ecommerce_tier_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=100, percent__lte=1000), name="ecommerce_tier_percent_possible"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LoyaltyAccount(models.Model):
    """One person's points. The row is the lock; ``LoyaltyEntry`` says how they came about.

    ``points`` goes below nought when what was bought goes back after its points were redeemed.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="loyalty_account")
    points = models.IntegerField(default=0)
    earned = models.IntegerField(default=0, help_text="Ever, what was taken back left out: it says the tier.")

    class Meta:
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(condition=Q(earned__gte=0), name="ecommerce_loyalty_earned_not_negative")]

    def __str__(self) -> str:
        return f"points of {self.user_id}"


class LoyaltyEntry(models.Model):
    """One change of a person's points. The database refuses to change or delete a row.

    ``occasion`` tells changes of one kind for one order apart: an order that goes back in two parts takes back twice.
    """

    account = models.ForeignKey(LoyaltyAccount, on_delete=models.PROTECT, related_name="entries", db_index=False)
    kind = models.CharField(max_length=10, choices=PointKind.choices)
    points = models.IntegerField()
    points_after = models.IntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    occasion = models.CharField(max_length=40, blank=True)
    # Nullable, so that SQLite adds the column without rebuilding the table and losing its triggers.
    base_poisha = models.BigIntegerField(null=True, blank=True, help_text="Worth of the goods that points are for.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "loyalty entries"
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["account", "-id"], name="ecommerce_loyalty_entries")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "occasion"],
                condition=Q(order__isnull=False),
                name="ecommerce_loyalty_once_for_order",
            ),
            models.UniqueConstraint(
                fields=["account", "kind", "occasion"],
                condition=Q(order__isnull=True),
                name="ecommerce_loyalty_once_for_key",
            ),
            models.CheckConstraint(condition=~Q(points=0), name="ecommerce_loyalty_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+} ({self.kind})"
