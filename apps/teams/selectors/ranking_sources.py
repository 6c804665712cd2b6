"""Where the ranking's counts come from. A feature that earns points fills the slot ``ranking_sources`` with a source.

A source counts some components for all teams in one grouped query, and shows the rows behind the count for one team.
Components that no source counts are zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from apps.core import slots
from apps.teams.models import Team, TeamMembership, TeamTournamentRegistration

SLOT = "ranking_sources"


@dataclass(frozen=True)
class Row:
    """One row behind the points: what it is and when. ``component`` says which points it earned."""

    component: str
    text: str
    on: date | None = None
    href: str = ""


@dataclass(frozen=True)
class Source:
    """``count`` returns rows of ``team_id`` and one number for each component, grouped by team and without order.

    ``rows`` returns what was counted for one team. Both take the moment that the ranking is for.
    """

    components: tuple[str, ...]
    count: Callable[[datetime], QuerySet[Any, Any]]
    rows: Callable[[Team, datetime], list[Row]]


def sources() -> list[Source]:
    """Return the sources in the order of their weights.

    Raises:
        ValueError: Two sources count the same component, so that a point would be given twice.
    """
    found: list[Source] = [fill() for fill in slots.fillings(SLOT)]
    components = [component for source in found for component in source.components]
    if len(components) != len(set(components)):
        raise ValueError(f"A component has two sources: {sorted(components)}")
    return found


def members() -> Source:
    """Active members. Eight at the most, so that a crowd wins nothing."""
    return Source(("members",), _count_members, _member_rows)


def _count_members(at: datetime) -> QuerySet[Any, Any]:
    return TeamMembership.objects.active().order_by().values("team_id").annotate(members=Count("pk"))


def _member_rows(team: Team, at: datetime) -> list[Row]:
    members = TeamMembership.objects.active().filter(team=team).select_related("profile__user")
    return [
        Row("members", member.profile.display_name, member.joined_at.date(), member.profile.get_absolute_url())
        for member in members
    ]


def results() -> Source:
    """Tournaments that were played to the end. A place counts beside the participation."""
    return Source(("participations", "wins", "runner_ups", "top_fours"), _count_results, _result_rows)


def _played(at: datetime) -> QuerySet[TeamTournamentRegistration]:
    return TeamTournamentRegistration.objects.counted().filter(played_on__lte=at.astimezone(UTC).date())


def _count_results(at: datetime) -> QuerySet[Any, Any]:
    return (
        _played(at)
        .order_by()
        .values("team_id")
        .annotate(
            participations=Count("pk"),
            wins=Count("pk", filter=Q(placement=1)),
            runner_ups=Count("pk", filter=Q(placement=2)),
            top_fours=Count("pk", filter=Q(placement__in=[3, 4])),
        )
    )


def _result_rows(team: Team, at: datetime) -> list[Row]:
    rows = []
    places = {1: "wins", 2: "runner_ups", 3: "top_fours", 4: "top_fours"}
    for result in _played(at).filter(team=team):
        rows.append(Row("participations", result.tournament_name, result.played_on))
        if result.placement in places:
            text = f"{result.tournament_name}: {result.shown_placement}"
            rows.append(Row(places[result.placement], text, result.played_on))
    return rows


def register_own() -> None:
    """Register what teams themselves count. Called once, when the app is ready."""
    slots.register(SLOT, members, weight=10)
    slots.register(SLOT, results, weight=20)
