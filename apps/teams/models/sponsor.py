"""Who pays for a team's jerseys: proposals, what staff said to them, and how often people saw and followed them."""

from datetime import date

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.urls import reverse
from django.utils import timezone

from apps.common.images import RenditionsField
from apps.teams.models.team import Team

HTTPS_PATTERN = r"^https://[^\s/]+\.[^\s/]+"
HTTPS_HELP = "Starts with https://."


class SponsorQuerySet(models.QuerySet["TeamSponsor"]):
    def open(self) -> "SponsorQuerySet":
        """Keep what may still be shown one day."""
        return self.filter(status__in=[TeamSponsor.Status.PENDING, TeamSponsor.Status.ACTIVE])

    def running(self, on: date | None = None) -> "SponsorQuerySet":
        """Keep what is shown on this day. The dates decide: until the nightly task, a row that ended says active."""
        day = on or timezone.localdate()
        return self.filter(status=TeamSponsor.Status.ACTIVE, starts_on__lte=day, ends_on__gte=day)

    def overdue(self, on: date | None = None) -> "SponsorQuerySet":
        return self.open().filter(ends_on__lt=on or timezone.localdate())


class TeamSponsor(models.Model):
    """One sponsorship of one team, from its first to its last day. Days are those of Dhaka."""

    class Status(models.TextChoices):
        PENDING = "pending", "Waiting for staff"
        ACTIVE = "active", "Approved"
        EXPIRED = "expired", "Ended"
        REJECTED = "rejected", "Rejected"
        CANCELLED = "cancelled", "Cancelled"

    class Tier(models.IntegerChoices):
        """Smaller stands higher on the page."""

        TITLE = 1, "Title sponsor"
        GOLD = 2, "Gold"
        SILVER = 3, "Silver"
        PARTNER = 4, "Partner"

    # What may become of what. Everything else is refused; what has ended stays ended.
    TRANSITIONS = {
        Status.PENDING: frozenset({Status.ACTIVE, Status.REJECTED, Status.CANCELLED, Status.EXPIRED}),
        Status.ACTIVE: frozenset({Status.EXPIRED, Status.CANCELLED}),
        Status.EXPIRED: frozenset(),
        Status.REJECTED: frozenset(),
        Status.CANCELLED: frozenset(),
    }

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="sponsors")
    name = models.CharField(max_length=60)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, default=Tier.PARTNER)
    logo = RenditionsField(purpose="team_logo")
    url = models.URLField("link", max_length=200, validators=[RegexValidator(HTTPS_PATTERN, HTTPS_HELP)])
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day it is shown.")
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="proposed_team_sponsors", null=True
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="reviewed_team_sponsors",
        null=True,
        blank=True,
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = SponsorQuerySet.as_manager()

    class Meta:
        ordering = ["tier", "starts_on", "pk"]
        verbose_name = "sponsor"
        indexes = [
            # The nightly task asks for open rows by their last day; most rows are settled and not in this index.
            models.Index(
                fields=["ends_on"], condition=Q(status__in=["pending", "active"]), name="idx_sponsor_open_ends_on"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "active", "expired", "rejected", "cancelled"]),
                name="teams_sponsor_status_known",
            ),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3, 4]), name="teams_sponsor_tier_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="teams_sponsor_ends_after_start"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="teams_sponsor_link_is_https"),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="teams_sponsor_rejected_has_reason"
            ),
            # What staff decided was decided at a time; what waits was not.
            models.CheckConstraint(
                condition=Q(status="pending", reviewed_at__isnull=True)
                | Q(status__in=["active", "rejected"], reviewed_at__isnull=False)
                | Q(status__in=["expired", "cancelled"]),
                name="teams_sponsor_reviewed_at_matches_status",
            ),
            models.UniqueConstraint(
                "team",
                Lower("name"),
                condition=Q(status__in=["pending", "active"]),
                name="teams_sponsor_one_open_per_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for team {self.team_id}"

    def get_absolute_url(self) -> str:
        return reverse("teams:visit_sponsor", args=[self.team.slug, self.pk])

    @property
    def logo_src(self) -> str:
        return self.logo.url(128) if self.logo else ""

    @property
    def state(self) -> str:
        """What counts today, before the nightly task says so: waiting to start, shown, or over."""
        today = timezone.localdate()
        if self.status in {self.Status.PENDING, self.Status.ACTIVE} and self.ends_on < today:
            return self.Status.EXPIRED
        if self.status == self.Status.ACTIVE and self.starts_on > today:
            return "upcoming"
        return self.status

    @property
    def is_open(self) -> bool:
        return self.state in {self.Status.PENDING, self.Status.ACTIVE, "upcoming"}


class SponsorSighting(models.Model):
    """One visitor who saw or followed one sponsor on one day: the unique key is what keeps reloads from counting.

    ``visitor`` is a keyed hash that differs from day to day (``selectors.visitors``). Rows are summed up and deleted
    once their day is over, so that nothing can be followed for longer.
    """

    class Kind(models.TextChoices):
        IMPRESSION = "i", "Impression"
        CLICK = "c", "Click"

    sponsor = models.ForeignKey(TeamSponsor, on_delete=models.CASCADE, related_name="sightings", db_index=False)
    day = models.DateField(db_index=True)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    visitor = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sponsor", "day", "kind", "visitor"], name="teams_sighting_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=["i", "c"]), name="teams_sighting_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of sponsor {self.sponsor_id} on {self.day}"


class SponsorDay(models.Model):
    """The sums of a day that is over. Written once and never again."""

    sponsor = models.ForeignKey(TeamSponsor, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    impressions = models.PositiveIntegerField()
    clicks = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sponsor", "day"], name="teams_sponsorday_once")]

    def __str__(self) -> str:
        return f"Sponsor {self.sponsor_id} on {self.day}: {self.impressions} seen, {self.clicks} followed"
