"""Where people have things sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.corelib import bangladesh


class Address(models.Model):
    """An address somebody keeps for next time. Orders copy it: a later change here changes no order.

    The division is not stored: the district says which it is.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField("who receives it", max_length=60)
    phone = models.CharField(max_length=14, help_text="As +8801712345678: the courier calls it.")
    district = models.CharField(max_length=20, help_text="Code of apps.corelib.bangladesh.")
    area = models.CharField("area or upazila", max_length=60)
    street = models.CharField("house, road and village", max_length=160)
    postcode = models.CharField(max_length=4, blank=True)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name_plural = "addresses"
        ordering = ["-is_default", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="ecommerce_address_one_default"
            ),
            models.CheckConstraint(condition=Q(phone__startswith="+8801"), name="ecommerce_address_phone_of_here"),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(district="") & ~Q(area="") & ~Q(street=""),
                name="ecommerce_address_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"  # the audit trail keeps this for ever: no street stands in it

    @property
    def district_name(self) -> str:
        return bangladesh.district_name(self.district)

    @property
    def division_name(self) -> str:
        division = bangladesh.division_of(self.district)
        return division.name if division else ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The address as it stands on a parcel."""
        place = f"{self.district_name} {self.postcode}".strip()
        return (self.name, self.street, self.area, place, self.phone)
