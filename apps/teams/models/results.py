"""What a team did in tournaments. They are held elsewhere; staff record how they ended."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.corelib.figures import ordinal
from apps.teams.models.result_import import ResultImport
from apps.teams.models.team import Team


class RegistrationQuerySet(models.QuerySet["TeamTournamentRegistration"]):
    def counted(self) -> "RegistrationQuerySet":
        """Keep what counts for the ranking: played to the end."""
        return self.filter(status=TeamTournamentRegistration.Status.COMPLETED)


class TeamTournamentRegistration(models.Model):
    """One team in one tournament. ``tournament_id`` is the organiser's number: there is no table of tournaments."""

    class Status(models.TextChoices):
        REGISTERED = "registered", "Registered"
        COMPLETED = "completed", "Played"
        WITHDRAWN = "withdrawn", "Withdrawn"
        DISQUALIFIED = "disqualified", "Disqualified"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="tournament_registrations")
    tournament_id = models.PositiveIntegerField()
    tournament_name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REGISTERED)
    placement = models.PositiveSmallIntegerField(null=True, blank=True, help_text="1 is the winner.")
    participants = models.PositiveIntegerField(null=True, blank=True, help_text="Teams in the tournament.")
    prize = models.PositiveIntegerField(
        default=0, help_text="What the organiser paid the team, in taka. Only told: coins follow the coin policies."
    )
    played_on = models.DateField(null=True, blank=True)
    # Names as they were: a roster of the past must not change with a profile.
    roster = models.JSONField(default=list, blank=True, editable=False)
    source = models.ForeignKey(
        ResultImport,
        on_delete=models.SET_NULL,
        related_name="results",
        null=True,
        blank=True,
        editable=False,
        help_text="The file that it came with, or was last corrected by.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["-played_on", "-pk"]
        verbose_name = "tournament result"
        indexes = [models.Index(fields=["team", "played_on", "id"], name="idx_result_team_played")]
        constraints = [
            models.UniqueConstraint(fields=["team", "tournament_id"], name="teams_registration_once_per_tournament"),
            models.UniqueConstraint(
                fields=["tournament_id", "placement"],
                condition=Q(placement__in=[1, 2]),
                name="teams_registration_one_winner_one_runner_up",
            ),
            models.CheckConstraint(
                condition=Q(placement__isnull=True) | Q(placement__gte=1, status="completed"),
                name="teams_registration_placed_when_played",
            ),
            models.CheckConstraint(
                condition=Q(participants__isnull=True)
                | Q(placement__isnull=True)
                | Q(placement__lte=models.F("participants")),
                name="teams_registration_placed_among_all",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | Q(played_on__isnull=False), name="teams_registration_played_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["registered", "completed", "withdrawn", "disqualified"]),
                name="teams_registration_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tournament_name}: team {self.team_id}"

    @property
    def shown_placement(self) -> str:
        return "" if self.placement is None else ordinal(self.placement)
