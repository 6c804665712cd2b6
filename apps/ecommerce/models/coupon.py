"""Something off an order in taka, for who knows the code."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now

from apps.ecommerce.constants import LARGEST_PRICE_POISHA, CouponKind
from apps.ecommerce.models.grouping import Category
from apps.ecommerce.models.order import Order
from apps.ecommerce.models.product import Product


class Coupon(models.Model):
    """``used`` counts the orders that hold it now. It never exceeds ``total_limit``: the database says so."""

    Kind = CouponKind

    code = models.CharField(max_length=24, help_text="What people type; its case doesn't matter.")
    kind = models.CharField(max_length=7, choices=CouponKind.choices)
    percent = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 to 100, off the goods.")
    amount_poisha = models.BigIntegerField(null=True, blank=True)
    most_poisha = models.BigIntegerField(null=True, blank=True, help_text="The most that a percentage takes off.")
    minimum_poisha = models.BigIntegerField(default=0, help_text="Of goods in taka, before the discount.")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    total_limit = models.PositiveIntegerField(null=True, blank=True, help_text="Orders altogether. Empty: no limit.")
    per_user_limit = models.PositiveSmallIntegerField(null=True, blank=True, default=1, help_text="Of one person.")
    used = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="coupons",
        null=True,
        blank=True,
        help_text="Whose it is, when it is one person's only.",
    )
    products = models.ManyToManyField(Product, blank=True, related_name="coupons", help_text="Empty: every product.")
    categories = models.ManyToManyField(Category, blank=True, related_name="coupons", help_text="Empty: every shelf.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(Lower("code"), name="ecommerce_coupon_code"),
            models.CheckConstraint(
                # "Is not null" is said too: a comparison with nothing is unknown, and a check lets the unknown pass.
                condition=Q(
                    kind=CouponKind.PERCENT,
                    percent__isnull=False,
                    percent__gte=1,
                    percent__lte=100,
                    amount_poisha__isnull=True,
                )
                | Q(
                    kind=CouponKind.FIXED,
                    percent__isnull=True,
                    most_poisha__isnull=True,
                    amount_poisha__isnull=False,
                    amount_poisha__gte=1,
                    amount_poisha__lte=LARGEST_PRICE_POISHA,
                ),
                name="ecommerce_coupon_takes_something_off",
            ),
            models.CheckConstraint(
                condition=Q(minimum_poisha__gte=0) & (Q(most_poisha__isnull=True) | Q(most_poisha__gte=1)),
                name="ecommerce_coupon_minimum_possible",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="ecommerce_coupon_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0) & (Q(total_limit__isnull=True) | Q(total_limit__gte=F("used"))),
                name="ecommerce_coupon_not_used_up_twice",
            ),
            models.CheckConstraint(
                condition=(Q(total_limit__isnull=True) | Q(total_limit__gte=1))
                & (Q(per_user_limit__isnull=True) | Q(per_user_limit__gte=1)),
                name="ecommerce_coupon_limits_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def minimum_taka(self) -> Decimal:
        return Decimal(self.minimum_poisha) / 100

    @property
    def amount_taka(self) -> Decimal | None:
        return None if self.amount_poisha is None else Decimal(self.amount_poisha) / 100


class CouponUse(models.Model):
    """An order's coupon. Given back, it no longer counts, and stays as the order's history."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="uses", db_index=False)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="coupon_use")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    discount_poisha = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    given_back_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["coupon", "user"], name="ecommerce_coupon_use_of")]
        constraints = [
            models.CheckConstraint(condition=Q(discount_poisha__gte=1), name="ecommerce_coupon_use_takes_off")
        ]

    def __str__(self) -> str:
        return f"coupon {self.coupon_id} of order {self.order_id}"
