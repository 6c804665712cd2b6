"""What is delivered without a parcel: a code, or words."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.ecommerce.models.order import OrderItem


class DigitalDelivery(models.Model):
    """A code or text for one line of an order. Only the buyer reads it, and the staff who process orders."""

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="deliveries")
    text = models.TextField(max_length=2000)
    delivered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "digital deliveries"
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="ecommerce_delivery_says_something")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"  # the audit trail keeps this: no code stands in it
