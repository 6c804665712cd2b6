"""What an order took out of the stock."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.ecommerce.models.order import OrderItem
from apps.ecommerce.models.product import Variant


class Reservation(models.Model):
    """So many of a variant, for one line of an order: the thing itself, and each part when it is a bundle.

    ``Variant.stock`` is what can still be sold, so a reservation lowers it at the placing (docs/orders.md).
    ``given_back`` counts what went back on the shelf; it never exceeds ``quantity``, which is what keeps a stock from
    being given back twice. How long it is held is the order's ``expires_at``. A stock that is not counted has no row.
    """

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="reservations", db_index=False)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="reservations")
    each = models.PositiveSmallIntegerField(default=1, help_text="How many for one of the line.")
    quantity = models.PositiveIntegerField()
    given_back = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["item", "variant"], name="ecommerce_reservation_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, each__gte=1, given_back__lte=F("quantity")),
                name="ecommerce_reservation_given_back_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.variant_id} for {self.item_id}"
