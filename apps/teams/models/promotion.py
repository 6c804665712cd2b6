"""A team put forward by staff, in one place of the site, for a time."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.teams.models.team import Team


class PromotionQuerySet(models.QuerySet["TeamPromotion"]):
    def open(self) -> "PromotionQuerySet":
        return self.filter(status__in=[TeamPromotion.Status.SCHEDULED, TeamPromotion.Status.ACTIVE])

    def running(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep what is shown now. The dates decide: the hourly task may not have come by yet."""
        now = at or timezone.now()
        return self.open().filter(starts_at__lte=now, ends_at__gt=now)

    def due(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep what runs and still says scheduled."""
        return self.running(at).filter(status=TeamPromotion.Status.SCHEDULED)

    def overdue(self, at: datetime | None = None) -> "PromotionQuerySet":
        return self.open().filter(ends_at__lte=at or timezone.now())


class TeamPromotion(models.Model):
    """One stay of one team in one place, from ``starts_at`` until before ``ends_at``."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", "Scheduled"
        ACTIVE = "active", "Running"
        EXPIRED = "expired", "Ended"
        CANCELLED = "cancelled", "Cancelled"

    class Kind(models.TextChoices):
        HOMEPAGE = "homepage", "Home page"
        TEAM_HUB = "team_hub", "Team directory"
        SPOTLIGHT = "spotlight", "Spotlight"

    # A run that was missed leaves a row scheduled until after its end: it goes straight to expired.
    TRANSITIONS = {
        Status.SCHEDULED: frozenset({Status.ACTIVE, Status.EXPIRED, Status.CANCELLED}),
        Status.ACTIVE: frozenset({Status.EXPIRED, Status.CANCELLED}),
        Status.EXPIRED: frozenset(),
        Status.CANCELLED: frozenset(),
    }

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="promotions")
    kind = models.CharField("place", max_length=9, choices=Kind.choices)
    headline = models.CharField(max_length=80, blank=True, help_text="One line beside the name. Empty: the tagline.")
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.SCHEDULED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="team_promotions", null=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = "promotion"
        indexes = [
            # Every view asks for what runs in its place, and the task for what is over.
            models.Index(
                fields=["kind", "ends_at"],
                condition=Q(status__in=["scheduled", "active"]),
                name="idx_promotion_open_kind_ends",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["scheduled", "active", "expired", "cancelled"]),
                name="teams_promotion_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["homepage", "team_hub", "spotlight"]), name="teams_promotion_kind_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="teams_promotion_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} promotion of team {self.team_id}"

    @property
    def state(self) -> str:
        """The status that counts now, before the hourly task says so."""
        if self.status not in {self.Status.SCHEDULED, self.Status.ACTIVE}:
            return self.status
        now = timezone.now()
        if self.ends_at <= now:
            return self.Status.EXPIRED
        return self.Status.ACTIVE if self.starts_at <= now else self.Status.SCHEDULED

    @property
    def line(self) -> str:
        return self.headline or self.team.tagline
