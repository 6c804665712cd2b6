"""Addresses that take no mails."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class BouncedAddress(models.Model):
    """An address of which a mail server said that there is no such mailbox. Nothing more is mailed there.

    The row goes when its owner says that the address works again, or staff do.
    """

    class Source(models.TextChoices):
        REFUSED = "refused", "Refused when we sent"
        REPORT = "report", "Came back later"

    address = models.EmailField()
    reason = models.TextField()
    source = models.CharField(max_length=10, choices=Source.choices)
    notification = models.ForeignKey(
        "notifications.Notification", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "bounced addresses"
        ordering = ["-id"]
        permissions = [("clear_bouncedaddress", "Can have mails sent to a bounced address again")]
        constraints = [
            models.UniqueConstraint(Lower("address"), name="bounced_address_ci"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="bounced_address_has_its_reason"),
        ]

    def __str__(self) -> str:
        return self.address
