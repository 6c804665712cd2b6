"""What sending costs."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from apps.ecommerce.constants import LARGEST_PRICE_POISHA


class ShippingZone(models.Model):
    """Districts that cost the same. One zone is the rest of the country."""

    name = models.CharField(max_length=40)
    price_poisha = models.BigIntegerField(help_text="For one order, however much is in it.")
    free_from_poisha = models.BigIntegerField(null=True, blank=True, help_text="Empty: never free.")
    days = models.CharField(max_length=40, blank=True, help_text="How long it takes, such as 1–2 days.")
    is_rest = models.BooleanField("the rest of the country", default=False)

    class Meta:
        ordering = ["is_rest", "price_poisha", "pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.UniqueConstraint(fields=["name"], name="ecommerce_zone_name"),
            models.UniqueConstraint(fields=["is_rest"], condition=Q(is_rest=True), name="ecommerce_zone_one_rest"),
            models.CheckConstraint(
                condition=Q(price_poisha__gte=0, price_poisha__lte=LARGEST_PRICE_POISHA)
                & (Q(free_from_poisha__isnull=True) | Q(free_from_poisha__gte=1)),
                name="ecommerce_zone_price_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def price_taka(self) -> Decimal:
        return Decimal(self.price_poisha) / 100

    @property
    def free_from_taka(self) -> Decimal | None:
        return None if self.free_from_poisha is None else Decimal(self.free_from_poisha) / 100


class ZoneDistrict(models.Model):
    """A district of a zone. It lies in one only."""

    zone = models.ForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="districts")
    code = models.CharField(max_length=20, unique=True)

    class Meta:
        ordering = ["code"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.code
