"""What a place for promotions costs, and how many teams stand there at once."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.teams.constants import PROMOTION_LIMIT, PROMOTION_SLOTS


class PromotionPlace(models.Model):
    """One row for each kind of promotion. Whoever takes a day there waits for this row: no day is sold twice."""

    class Kind(models.TextChoices):
        HOMEPAGE = "homepage", "Home page"
        TEAM_HUB = "team_hub", "Team directory"
        SPOTLIGHT = "spotlight", "Spotlight"

    kind = models.CharField("place", max_length=9, choices=Kind.choices, primary_key=True)
    price_per_day = models.PositiveIntegerField(
        "price of a day", default=50, validators=[MinValueValidator(1)], help_text="In whole DeltaCoins."
    )
    slots = models.PositiveSmallIntegerField(
        default=PROMOTION_SLOTS,
        validators=[MinValueValidator(1), MaxValueValidator(PROMOTION_SLOTS)],
        help_text=f"Teams on one day, 1 to {PROMOTION_SLOTS}; free promotions take a slot too.",
    )
    longest = models.PositiveSmallIntegerField(
        "longest stay",
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(PROMOTION_LIMIT.days)],
        help_text="Days that a captain may book.",
    )
    is_bookable = models.BooleanField("captains may book", default=True)

    class Meta:
        verbose_name = "promotion place"
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["homepage", "team_hub", "spotlight"]), name="teams_place_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(slots__gte=1, slots__lte=PROMOTION_SLOTS), name="teams_place_slots_in_range"
            ),
            models.CheckConstraint(condition=Q(price_per_day__gte=1), name="teams_place_has_price"),
            models.CheckConstraint(
                condition=Q(longest__gte=1, longest__lte=PROMOTION_LIMIT.days), name="teams_place_longest_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
