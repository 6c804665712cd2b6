"""When a team practises, who comes, and the secret addresses under which calendars read it."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.teams.models.sponsor import HTTPS_PATTERN
from apps.teams.models.team import Team


class PracticeQuerySet(models.QuerySet["PracticeSession"]):
    def planned(self) -> "PracticeQuerySet":
        """Leave out what was cancelled."""
        return self.filter(cancelled_at__isnull=True)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> "PracticeQuerySet":
        """Keep what shares a moment with this stretch. One that begins when another ends does not."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class PracticeSeries(models.Model):
    """Sessions that were planned together, a week apart. Each is a row of its own: it can be moved alone."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="practice_series")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"Series {self.pk} of team {self.team_id}"


class PracticeSession(models.Model):
    """One practice. Moments are stored in UTC; ``time_zone`` is where its clock time was meant."""

    class Kind(models.TextChoices):
        SCRIM = "scrim", "Scrim"
        TRAINING = "training", "Training"
        REVIEW = "review", "Review"
        OTHER = "other", "Other"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="practice", db_index=False)
    series = models.ForeignKey(
        PracticeSeries, on_delete=models.SET_NULL, related_name="sessions", null=True, blank=True, editable=False
    )
    # What calendars know it by, for ever; ``sequence`` tells them that it changed.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.SCRIM)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="Asia/Dhaka")
    place = models.CharField(max_length=120, blank=True)
    link = models.URLField(
        max_length=300, blank=True, validators=[RegexValidator(HTTPS_PATTERN, "Starts with https://.")]
    )
    opponent = models.CharField(max_length=80, blank=True)
    notes = models.CharField(max_length=1000, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PracticeQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = "practice session"
        indexes = [
            models.Index(fields=["team", "starts_at"], name="idx_practice_team_start"),
            # The ranking counts the last month of all teams.
            models.Index(
                fields=["ends_at", "team"], condition=Q(cancelled_at__isnull=True), name="idx_practice_planned_end"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="teams_practice_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind__in=["scrim", "training", "review", "other"]), name="teams_practice_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"), name="teams_practice_link_is_https"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: team {self.team_id}, {self.starts_at:%Y-%m-%d %H:%M} UTC"

    def get_absolute_url(self) -> str:
        return reverse("teams:practice_session", args=[self.team.slug, self.pk])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def clock_there(self) -> str:
        """Its times on the clock it was planned by, as text: a template would bring a moment to the reader's zone."""
        return f"{self.starts_at.astimezone(self.zone):%H:%M} – {self.ends_at.astimezone(self.zone):%H:%M}"

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def has_begun(self) -> bool:
        return self.starts_at <= timezone.now()


class PracticeAnswer(models.Model):
    """Whether one member comes to one session."""

    class Answer(models.TextChoices):
        YES = "yes", "Yes"
        MAYBE = "maybe", "Maybe"
        NO = "no", "No"

    session = models.ForeignKey(PracticeSession, on_delete=models.CASCADE, related_name="answers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="practice_answers")
    answer = models.CharField(max_length=5, choices=Answer.choices)
    answered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="teams_practice_one_answer_each"),
            models.CheckConstraint(condition=Q(answer__in=["yes", "maybe", "no"]), name="teams_practice_answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.answer} of {self.user_id} to {self.session_id}"


class CalendarFeed(models.Model):
    """One person's calendar address: of one team, or of all their teams. Revoking it deletes the row.

    The address holds ``number`` with a signature. Who reads the table alone can't make the address.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, related_name="calendar_feeds", null=True, blank=True, db_index=False
    )
    number = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team"], condition=Q(team__isnull=False), name="teams_feed_one_for_person_and_team"
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(team__isnull=True), name="teams_feed_one_for_person"),
        ]

    def __str__(self) -> str:
        return f"Calendar of user {self.user_id}, team {self.team_id}"
