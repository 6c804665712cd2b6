"""What coins are paid for, and how many."""

from django.db import models
from django.db.models import Q

from apps.economy.constants import LARGEST_MOVEMENT, Rule, Window


class CoinPolicy(models.Model):
    """Staff's word about one rule. A rule without a row, or switched off, pays nothing."""

    rule = models.CharField(max_length=20, unique=True, choices=Rule.choices)
    amount = models.PositiveIntegerField(help_text="DC for each time.")
    is_active = models.BooleanField(default=True)
    cap = models.PositiveSmallIntegerField(default=1, help_text="How often it pays one player in the window.")
    window = models.CharField(max_length=5, choices=Window.choices, default=Window.EVER)

    class Meta:
        verbose_name = "coin policy"
        verbose_name_plural = "coin policies"
        ordering = ["rule"]
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=LARGEST_MOVEMENT), name="economy_policy_amount_possible"
            ),
            models.CheckConstraint(condition=Q(cap__gte=1), name="economy_policy_cap_possible"),
        ]

    def __str__(self) -> str:
        return f"{self.get_rule_display()}: {self.amount} DC"
