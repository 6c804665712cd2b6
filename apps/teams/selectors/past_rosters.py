"""Who had a seat on a past day, for one team or for many at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

from django.utils import timezone

from apps.teams.models import RosterChange, TeamMembership
from apps.user_profile.models import UserProfile


class Change(Protocol):
    """What these functions read of a ``RosterChange``."""

    profile_id: int
    status: str
    role: str
    in_game_role: str
    at: datetime


@dataclass(frozen=True)
class Seat:
    """Someone who had a seat at any moment of a day, in the last role of that day."""

    profile_id: int
    role: str
    in_game_role: str
    since: datetime


@dataclass(frozen=True)
class PastRosters:
    """The rosters that were asked for, and everybody who was ever in one of the teams, by the id of the team."""

    on: dict[tuple[int, date], list[Seat]]
    ever: dict[int, dict[int, str]]  # profile and last role


def bounds(day: date) -> tuple[datetime, datetime]:
    """Return when the day begins and when the next one does, where people live."""
    begin = timezone.make_aware(datetime.combine(day, time.min))
    return begin, timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def seats(changes: Iterable[Change], day: date) -> list[Seat]:
    """Return who had a seat on ``day``, first come first. ``changes`` are one team's, in their order."""
    begin, end = bounds(day)
    found: dict[int, Seat] = {}
    gone: set[int] = set()
    for change in changes:
        if change.at >= end:
            break
        if change.status == TeamMembership.Status.ACTIVE:
            known = found.get(change.profile_id)
            since = known.since if known and change.profile_id not in gone else change.at
            found[change.profile_id] = Seat(change.profile_id, change.role, change.in_game_role, since)
            gone.discard(change.profile_id)
        elif change.at < begin:
            found.pop(change.profile_id, None)
            gone.discard(change.profile_id)
        else:
            gone.add(change.profile_id)
    return sorted(found.values(), key=lambda seat: (seat.since, seat.profile_id))


def rosters_on(wanted: Iterable[tuple[int, date]]) -> PastRosters:
    """Return the rosters of these teams on these days. One query, however many there are."""
    days: dict[int, set[date]] = defaultdict(set)
    for team_id, day in wanted:
        days[team_id].add(day)
    changes: dict[int, list[RosterChange]] = defaultdict(list)
    for change in RosterChange.objects.filter(team__in=days).order_by("team_id", "at", "pk"):
        changes[change.team_id].append(change)
    return PastRosters(
        on={(team_id, day): seats(changes[team_id], day) for team_id in days for day in days[team_id]},
        ever={team_id: {change.profile_id: change.role for change in changes[team_id]} for team_id in days},
    )


def snapshot(roster: Iterable[tuple[int, str]], profiles: dict[int, UserProfile]) -> list[dict[str, Any]]:
    """Return profiles and roles as a result keeps them: with the names of today, which become those of the past."""
    return [{"profile": pk, "name": profiles[pk].display_name, "role": role} for pk, role in roster]
