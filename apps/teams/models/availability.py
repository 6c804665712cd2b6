"""When a player usually can."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.corelib.week import FULL


class Availability(models.Model):
    """One person's usual week, in blocks of the site's clock. ``blocks`` is a bit for each (``corelib.week``)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="availability", primary_key=True
    )
    blocks = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "availability"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(blocks__gte=0, blocks__lte=FULL), name="teams_availability_is_a_week")
        ]

    def __str__(self) -> str:
        return f"Usual week of user {self.user_id}"
