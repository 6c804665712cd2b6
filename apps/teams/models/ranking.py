"""The ranking: its rules, what each team's points are made of, and how they came to be."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.corelib import ranking
from apps.teams.models.team import Team


def _weight(default: int, text: str) -> Any:
    # The ceiling keeps every sum far inside the column that holds it.
    return models.PositiveIntegerField(default=default, validators=[MaxValueValidator(10_000)], help_text=text)


class RankingCriteria(models.Model):
    """A set of weights. One is active; the others are kept to compare with."""

    name = models.CharField(max_length=60, unique=True)
    is_active = models.BooleanField(default=False)
    participation = _weight(50, "For each tournament played to the end.")
    winner = _weight(500, "For a title, beside the participation.")
    runner_up = _weight(300, "For a lost final, beside the participation.")
    top_four = _weight(150, "For a third or fourth place, beside the participation.")
    active_member = _weight(10, "For each active member.")
    month_of_age = _weight(30, "For each full month since the team was founded.")
    achievement = _weight(100, "For each achievement.")
    own_post = _weight(5, "For each post of the team in the last 30 days.")
    chat_day = _weight(2, "For each day with team chat in the last 30 days.")
    practice = _weight(5, "For each practice in the last 30 days.")
    max_months = models.PositiveIntegerField(
        null=True, blank=True, help_text="Months of age that count at the most. Empty: all of them."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    WEIGHT_FIELDS = (*ranking.WEIGHTS, "max_months")

    class Meta:
        verbose_name_plural = "ranking criteria"
        ordering = ["-is_active", "name"]
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="teams_criteria_one_active")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weights(self) -> ranking.Weights:
        return ranking.Weights(**{name: getattr(self, name) for name in self.WEIGHT_FIELDS})


class TeamRankingBreakdown(models.Model):
    """Where a team's points come from, as of the last recalculation: how many of each, and the points for them.

    Written by the ranking's SQL only. A team that is not public has points and no rank.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="ranking")
    # Copies: a leaderboard of one game is one walk along one index.
    game = models.CharField(max_length=20)
    region = models.CharField(max_length=2)

    participations = models.PositiveIntegerField(default=0)
    wins = models.PositiveIntegerField(default=0)
    runner_ups = models.PositiveIntegerField(default=0)
    top_fours = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0)
    months = models.PositiveIntegerField(default=0)
    achievements = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)
    chat_days = models.PositiveIntegerField(default=0)
    practices = models.PositiveIntegerField(default=0)

    participations_points = models.BigIntegerField(default=0)
    wins_points = models.BigIntegerField(default=0)
    runner_ups_points = models.BigIntegerField(default=0)
    top_fours_points = models.BigIntegerField(default=0)
    members_points = models.BigIntegerField(default=0)
    months_points = models.BigIntegerField(default=0)
    achievements_points = models.BigIntegerField(default=0)
    posts_points = models.BigIntegerField(default=0)
    chat_days_points = models.BigIntegerField(default=0)
    practices_points = models.BigIntegerField(default=0)
    adjustment = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    rank = models.PositiveIntegerField(null=True, editable=False)
    game_rank = models.PositiveIntegerField(null=True, editable=False)
    region_rank = models.PositiveIntegerField(null=True, editable=False)
    previous_rank = models.PositiveIntegerField(null=True, editable=False)
    previous_game_rank = models.PositiveIntegerField(null=True, editable=False)
    previous_region_rank = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = "ranking breakdown"
        ordering = ["rank"]
        indexes = [
            models.Index(fields=["rank"], name="idx_ranking_rank"),
            models.Index(fields=["game", "game_rank"], name="idx_ranking_game"),
            models.Index(fields=["region", "region_rank"], name="idx_ranking_region"),
        ]

    def __str__(self) -> str:
        return f"{self.total} points of team {self.team_id}"


class TeamRankingHistory(models.Model):
    """A change of a team's points. Only changes have a row, and the database refuses to alter one.

    ``titles`` is the tie-breaker as it was, so that the order of any past date can be told again.
    """

    class Source(models.TextChoices):
        RECALCULATION = "recalculation", "Recalculation"
        ADJUSTMENT = "adjustment", "Adjustment by staff"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="ranking_history")
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    titles = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=13, choices=Source.choices)
    reason = models.CharField(max_length=200)
    # By id only, as in the audit trail: the row outlives the account.
    actor_id = models.BigIntegerField(null=True, blank=True, help_text="Who; empty for the platform itself.")
    created_at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = "ranking change"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["team", "created_at", "id"], name="idx_ranking_history_team")]
        constraints = [
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="teams_history_changes_something"),
            models.CheckConstraint(
                condition=Q(source__in=["recalculation", "adjustment"]), name="teams_history_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Team {self.team_id}: {self.before} to {self.after}"

    @property
    def change(self) -> int:
        return self.after - self.before


class TeamPointsAdjustment(models.Model):
    """Points that staff gave or took. Their sum is ``Team.adjust_points``; the database refuses to alter a row."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="points_adjustments")
    amount = models.IntegerField()
    reason = models.CharField(max_length=200)
    actor_id = models.BigIntegerField()
    created_at = models.DateTimeField(editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="teams_adjustment_is_something")]

    def __str__(self) -> str:
        return f"{self.amount:+} for team {self.team_id}"


class RankingRun(models.Model):
    """One recalculation that came to its end."""

    finished_at = models.DateTimeField(editable=False)
    reason = models.CharField(max_length=200)
    teams_processed = models.PositiveIntegerField()
    teams_updated = models.PositiveIntegerField()

    class Meta:
        verbose_name = "recalculation"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.teams_updated} of {self.teams_processed} teams"
