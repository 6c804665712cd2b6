"""What somebody means to buy. It reserves nothing and promises no price."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.ecommerce.constants import QUANTITY, Currency
from apps.ecommerce.models.product import Variant


class Cart(models.Model):
    """One for each member, and one for each visitor's ``key``, which their session holds.

    ``checkout`` is what the checkout page was told last: contact, address, way to pay, coupon. It survives a dead
    network. A member's cart row is also the lock that makes their checkouts come one after the other.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cart", null=True, blank=True
    )
    key = models.UUIDField(unique=True, null=True, blank=True)
    checkout = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["updated_at"], condition=Q(user__isnull=True), name="ecommerce_cart_guests")]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, key__isnull=True) | Q(user__isnull=True, key__isnull=False),
                name="ecommerce_cart_one_owner",
            )
        ]

    def __str__(self) -> str:
        return f"cart {self.pk}"


class CartItem(models.Model):
    """A variant, how many, and whether they are to be paid in taka or in coins."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items", db_index=False)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField(default=1)
    currency = models.CharField(max_length=5, choices=Currency.choices, default=Currency.TAKA)
    added_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="ecommerce_cart_item_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=QUANTITY), name="ecommerce_cart_item_quantity"
            ),
            models.CheckConstraint(condition=Q(currency__in=Currency.values), name="ecommerce_cart_item_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
