"""What a team is proud of: told by itself, confirmed by staff, or reached by its results."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.corelib import milestones, trophies
from apps.corelib.figures import ordinal
from apps.teams.models.results import TeamTournamentRegistration
from apps.teams.models.sponsor import HTTPS_HELP, HTTPS_PATTERN
from apps.teams.models.team import Team


class AchievementQuerySet(models.QuerySet["TeamAchievement"]):
    def kept(self) -> "AchievementQuerySet":
        """Leave out what the team took off its shelf."""
        return self.filter(removed_at__isnull=True)

    def counted(self, on: date) -> "AchievementQuerySet":
        """Keep what earns points on a day: confirmed, on the shelf, and not of a day to come."""
        return self.kept().filter(status=TeamAchievement.Status.CONFIRMED, achieved_on__lte=on)


class TeamAchievement(models.Model):
    """One thing on a team's shelf. One with a ``milestone`` follows from results, and nobody edits it."""

    class Source(models.TextChoices):
        TEAM = "team", "Told by the team"
        RESULTS = "results", "Reached by results"

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", "Not confirmed"
        CONFIRMED = "confirmed", "Confirmed"
        REJECTED = "rejected", "Rejected"

    # What staff may make of what. An edit by the team leads back to the start.
    TRANSITIONS = {
        Status.UNCONFIRMED: frozenset({Status.CONFIRMED, Status.REJECTED}),
        Status.CONFIRMED: frozenset({Status.REJECTED}),
        Status.REJECTED: frozenset({Status.CONFIRMED}),
    }

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="achievements", db_index=False)
    source = models.CharField(max_length=7, choices=Source.choices, default=Source.TEAM)
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.UNCONFIRMED)
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    achieved_on = models.DateField("day")
    place = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9999)]
    )
    evidence_url = models.URLField(
        "evidence", max_length=300, blank=True, validators=[RegexValidator(HTTPS_PATTERN, HTTPS_HELP)]
    )
    # Which milestone, and the result that reached it. Both empty for what the team told.
    milestone = models.CharField(max_length=20, blank=True, editable=False)
    result = models.ForeignKey(
        TeamTournamentRegistration, on_delete=models.CASCADE, related_name="+", null=True, blank=True, editable=False
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Why staff rejected it. The team reads this.")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="given_team_achievements",
        null=True,
        blank=True,
        editable=False,
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = AchievementQuerySet.as_manager()

    class Meta:
        ordering = ["-achieved_on", "-pk"]
        verbose_name = "achievement"
        indexes = [
            models.Index(fields=["team", "achieved_on"], name="idx_achievement_team_day"),
            # The staff queue asks for what waits; most rows are decided and not in this index.
            models.Index(
                fields=["created_at"],
                condition=Q(status="unconfirmed", removed_at__isnull=True),
                name="idx_achievement_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=["team", "results"]), name="teams_achievement_source_known"),
            models.CheckConstraint(
                condition=Q(status__in=["unconfirmed", "confirmed", "rejected"]),
                name="teams_achievement_status_known",
            ),
            models.CheckConstraint(
                condition=Q(source="team", milestone="", result__isnull=True)
                | (
                    Q(source="results", status="confirmed", result__isnull=False, removed_at__isnull=True)
                    & ~Q(milestone="")
                ),
                name="teams_achievement_of_results_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(reason=""), name="teams_achievement_rejected_has_reason"
            ),
            # What counts for points was looked at by somebody, or follows from results.
            models.CheckConstraint(
                condition=Q(source="results")
                | Q(status="unconfirmed", reviewed_at__isnull=True)
                | Q(status__in=["confirmed", "rejected"], reviewed_at__isnull=False),
                name="teams_achievement_reviewed_at_fits",
            ),
            models.CheckConstraint(
                condition=Q(evidence_url="") | Q(evidence_url__startswith="https://"),
                name="teams_achievement_evidence_is_https",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(place__gte=1), name="teams_achievement_place_from_one"
            ),
            models.UniqueConstraint(
                fields=["team", "milestone"], condition=~Q(milestone=""), name="teams_achievement_milestone_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: team {self.team_id}"

    def get_absolute_url(self) -> str:
        return f"{reverse('teams:achievements', args=[self.team.slug])}#achievement-{self.pk}"

    @property
    def is_counted(self) -> bool:
        return self.status == self.Status.CONFIRMED and self.removed_at is None

    @property
    def is_automatic(self) -> bool:
        return self.source == self.Source.RESULTS

    @property
    def tier(self) -> str:
        """The metal it is drawn in."""
        known = milestones.BY_CODE.get(self.milestone)
        return known.tier if known else trophies.tier_of(self.place)

    @property
    def kind(self) -> str:
        """What is drawn: a cup for a place, a plaque for a milestone, a medal for anything else."""
        if self.milestone:
            return "plaque"
        return "cup" if self.place else "medal"

    @property
    def sign(self) -> str:
        known = milestones.BY_CODE.get(self.milestone)
        if known:
            return known.sign
        return str(self.place) if self.place and self.place < 100 else ""

    @property
    def shown_place(self) -> str:
        return ordinal(self.place) if self.place else ""
