"""What people want: now or later."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.ecommerce.models.product import Product, Variant


class Wish(models.Model):
    """A product on somebody's list. Only they see it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="wishes",
        db_index=False,  # the constraint's index begins with it
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="wishes")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "wishes"
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="ecommerce_wish_once")]

    def __str__(self) -> str:
        return f"{self.product}"


class StockAlert(models.Model):
    """Somebody who wants to hear, once, that a variant is back."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="stock_alerts",
        db_index=False,  # ecommerce_alert_open_once begins with it
    )
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="alerts")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    told_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "variant"], condition=Q(told_at__isnull=True), name="ecommerce_alert_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"alert for {self.variant_id}"
