"""Past results as pages show them."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from apps.teams.models import Team, TeamTournamentRegistration
from apps.teams.models.results import RegistrationQuerySet

Status = TeamTournamentRegistration.Status
AHEAD = 20
NEWEST_FIRST = ("-played_on", "-pk")


@dataclass(frozen=True)
class Record:
    """A team's tournaments in figures. ``prize`` is in taka, for the whole team."""

    played: int
    titles: int
    finals: int
    top_fours: int
    prize: int


def record_of(team: Team) -> Record:
    """Return the figures over everything played to the end. One query."""
    sums = team.tournament_registrations.counted().aggregate(
        played=Count("pk"),
        titles=Count("pk", filter=Q(placement=1)),
        finals=Count("pk", filter=Q(placement=2)),
        top_fours=Count("pk", filter=Q(placement__in=[3, 4])),
        prize=Sum("prize", default=0),
    )
    return Record(**sums)


def results_of(team: Team) -> RegistrationQuerySet:
    """Return what has a day: played, withdrawn, disqualified. ``NEWEST_FIRST`` is its order."""
    return team.tournament_registrations.filter(played_on__isnull=False)


def ahead_of(team: Team) -> list[TeamTournamentRegistration]:
    """Return the tournaments that the team is registered for and has not played. One query."""
    waiting = team.tournament_registrations.filter(status=Status.REGISTERED, played_on__isnull=True)
    return list(waiting.order_by("-pk")[:AHEAD])
