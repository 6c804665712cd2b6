"""What staff set about orders."""

from django.db import models
from django.db.models import Q

COMPLETE_AFTER_DAYS = 7


class OrderPolicy(models.Model):
    """One row; as long as there is none, what it would say by itself holds."""

    complete_after_days = models.PositiveSmallIntegerField(
        default=COMPLETE_AFTER_DAYS,
        help_text="A delivered order is completed by itself when nothing happened to it for so many days. 0: never.",
    )

    class Meta:
        verbose_name = "order policy"
        verbose_name_plural = "order policy"
        default_permissions = ("change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="ecommerce_order_policy_is_one"),
            models.CheckConstraint(
                condition=Q(complete_after_days__gte=0, complete_after_days__lte=90),
                name="ecommerce_order_policy_days_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"Completed after {self.complete_after_days} days"
