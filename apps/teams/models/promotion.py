"""A team put forward in one place of the site for a time: free by staff, or booked and paid by its captain."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.teams.models.promotion_place import PromotionPlace
from apps.teams.models.team import Team


class PromotionQuerySet(models.QuerySet["TeamPromotion"]):
    def open(self) -> "PromotionQuerySet":
        return self.filter(status__in=[TeamPromotion.Status.SCHEDULED, TeamPromotion.Status.ACTIVE])

    def taking_room(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep what occupies its days: what is open, and bookings that staff may still approve."""
        waits = Q(status=TeamPromotion.Status.REQUESTED, starts_at__gt=at or timezone.now())
        return self.filter(waits | Q(status__in=[TeamPromotion.Status.SCHEDULED, TeamPromotion.Status.ACTIVE]))

    def running(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep what is shown now. The dates decide: the hourly task may not have come by yet."""
        now = at or timezone.now()
        return self.open().filter(starts_at__lte=now, ends_at__gt=now)

    def due(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep what runs and still says scheduled."""
        return self.running(at).filter(status=TeamPromotion.Status.SCHEDULED)

    def overdue(self, at: datetime | None = None) -> "PromotionQuerySet":
        return self.open().filter(ends_at__lte=at or timezone.now())

    def lapsed(self, at: datetime | None = None) -> "PromotionQuerySet":
        """Keep bookings whose start came before a decision."""
        return self.filter(status=TeamPromotion.Status.REQUESTED, starts_at__lte=at or timezone.now())


class TeamPromotion(models.Model):
    """One stay of one team in one place, from ``starts_at`` until before ``ends_at``.

    A booking holds its ``price`` in the wallet of ``payer`` until staff decide; the approval takes the coins.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "Waits for staff"
        SCHEDULED = "scheduled", "Scheduled"
        ACTIVE = "active", "Running"
        EXPIRED = "expired", "Ended"
        REJECTED = "rejected", "Not approved"
        CANCELLED = "cancelled", "Cancelled"

    Kind = PromotionPlace.Kind

    # A run that was missed leaves a row scheduled until after its end: it goes straight to expired.
    TRANSITIONS = {
        Status.REQUESTED: frozenset({Status.SCHEDULED, Status.REJECTED, Status.CANCELLED, Status.EXPIRED}),
        Status.SCHEDULED: frozenset({Status.ACTIVE, Status.EXPIRED, Status.CANCELLED}),
        Status.ACTIVE: frozenset({Status.EXPIRED, Status.CANCELLED}),
        Status.EXPIRED: frozenset(),
        Status.REJECTED: frozenset(),
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

    request_id = models.UUIDField(null=True, blank=True, editable=False, help_text="The form that was sent.")
    price = models.PositiveIntegerField(db_default=0, default=0, help_text="In DC; 0 when staff put it up for free.")
    refunded = models.PositiveIntegerField(db_default=0, default=0, help_text="In DC, of the price.")
    hold = models.OneToOneField("economy.Hold", on_delete=models.PROTECT, null=True, blank=True, editable=False)
    payer = models.ForeignKey(
        "user_profile.UserProfile",
        on_delete=models.SET_NULL,
        related_name="paid_promotions",
        null=True,
        blank=True,
        editable=False,
    )
    reason = models.CharField(max_length=300, blank=True, db_default="", default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="decided_promotions",
        null=True,
        blank=True,
        editable=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)

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
            # The calendar of a place, and the bookings that lapse.
            models.Index(
                fields=["kind", "starts_at"], condition=Q(status="requested"), name="idx_promotion_requested_kind"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["requested", "scheduled", "active", "expired", "rejected", "cancelled"]),
                name="teams_promotion_status_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["homepage", "team_hub", "spotlight"]), name="teams_promotion_kind_known"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="teams_promotion_ends_after_start"),
            models.CheckConstraint(
                condition=Q(price=0, hold__isnull=True, request_id__isnull=True)
                | Q(price__gt=0, hold__isnull=False, request_id__isnull=False),
                name="teams_promotion_paid_by_hold",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["requested", "rejected"]) | Q(price__gt=0),
                name="teams_promotion_only_paid_ones_wait",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="teams_promotion_rejected_with_reason"
            ),
            models.CheckConstraint(condition=Q(refunded__lte=F("price")), name="teams_promotion_refund_within_price"),
            models.UniqueConstraint(fields=["request_id"], name="teams_promotion_one_for_a_form"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} promotion of team {self.team_id}"

    @property
    def state(self) -> str:
        """The status that counts now, before the hourly task says so."""
        now = timezone.now()
        if self.status == self.Status.REQUESTED:
            return self.Status.EXPIRED if self.starts_at <= now else self.Status.REQUESTED
        if self.status not in {self.Status.SCHEDULED, self.Status.ACTIVE}:
            return self.status
        if self.ends_at <= now:
            return self.Status.EXPIRED
        return self.Status.ACTIVE if self.starts_at <= now else self.Status.SCHEDULED

    @property
    def has_lapsed(self) -> bool:
        """Whether its start came before staff decided: it never stood anywhere, and cost nothing."""
        return self.state == self.Status.EXPIRED and self.price > 0 and self.decided_at is None

    @property
    def is_paid(self) -> bool:
        """Whether the coins were taken. Until then they are set aside."""
        return self.price > 0 and self.decided_at is not None and self.status != self.Status.REJECTED

    @property
    def days(self) -> int:
        return -(-(self.ends_at - self.starts_at) // timedelta(days=1))

    @property
    def line(self) -> str:
        return self.headline or self.team.tagline
