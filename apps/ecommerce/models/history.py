"""What happened to an order: who, when, why."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.ecommerce.constants import Status
from apps.ecommerce.models.order import Order


class OrderEvent(models.Model):
    """One step of an order. The database refuses to change or delete a row.

    ``from_status`` is empty at the placing; both are the same when something else happened, such as a cancelled line.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events", db_index=False)
    from_status = models.CharField(max_length=10, choices=Status.choices, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        help_text="Empty when the platform itself acted.",
    )
    what = models.CharField(max_length=120, help_text="What happened, in words that the buyer may read.")
    why = models.CharField(max_length=300, blank=True)
    is_internal = models.BooleanField(default=False, help_text="Only staff see it.")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["order", "id"], name="ecommerce_event_order")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.what}"
