"""What a player took part in: the results and achievements of teams from the days they had a seat."""

from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q
from django.utils import timezone

from apps.teams import permissions
from apps.teams.models import RosterChange, TeamAchievement, TeamMembership
from apps.teams.models.achievement import AchievementQuerySet
from apps.teams.models.results import RegistrationQuerySet, TeamTournamentRegistration
from apps.teams.permissions import Viewer


@dataclass(frozen=True)
class Seat:
    """The days of one stay, both included, where people live. ``last`` is None while it goes on."""

    team_id: int
    first: date
    last: date | None


def seats_of(profile_id: int) -> list[Seat]:
    """Return when the player had a seat, and where. One query. It agrees with ``history.roster_on`` on every day."""
    changes = RosterChange.objects.filter(profile=profile_id).order_by("team_id", "at", "pk")
    seats: list[Seat] = []
    open_seats: dict[int, Seat] = {}
    for team_id, at, status in changes.values_list("team_id", "at", "status"):
        day = timezone.localdate(at)
        if status == TeamMembership.Status.ACTIVE:
            open_seats.setdefault(team_id, Seat(team_id, day, None))
        elif seat := open_seats.pop(team_id, None):
            seats.append(replace(seat, last=day))
    return [*seats, *open_seats.values()]


def achievements_in(seats: list[Seat], *, viewer: Viewer) -> AchievementQuerySet:
    """Return the confirmed achievements of teams on a day of one of these seats, as far as ``viewer`` may see them."""
    counted = TeamAchievement.objects.counted(timezone.localdate()).filter(_on_days(seats, "achieved_on"))
    return counted.filter(team__in=permissions.teams_seen_by(viewer)).select_related("team")


def results_in(seats: list[Seat], *, viewer: Viewer) -> RegistrationQuerySet:
    """Return the tournaments that teams played to the end on a day of one of these seats, likewise."""
    counted = TeamTournamentRegistration.objects.counted().filter(_on_days(seats, "played_on"))
    return counted.filter(team__in=permissions.teams_seen_by(viewer)).select_related("team")


def _on_days(seats: list[Seat], field: str) -> Q:
    """Return "of a team and a day of one of these seats". Without seats nothing fits."""
    condition = Q(pk__in=())
    for seat in seats:
        days = {f"{field}__gte": seat.first}
        if seat.last is not None:
            days[f"{field}__lte"] = seat.last
        condition |= Q(team=seat.team_id, **days)
    return condition
