"""The roster over time: what happened, and who was in the team on a date."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from apps.teams.models import RosterChange, Team, TeamMembership
from apps.teams.permissions import Standing, can_manage_roster
from apps.teams.selectors import past_rosters
from apps.user_profile.models import UserProfile

Kind = RosterChange.Kind
# What only captains read as it was; to everyone else it says "left", or nothing.
DISCREET = {Kind.REMOVED: "left", Kind.BANNED: "left"}
UNSAID = (Kind.UNBANNED,)
WORDS = {
    Kind.JOINED: "joined as {role}",
    Kind.CHANGED: "is now {role}",
    Kind.INACTIVE: "became inactive",
    Kind.RETURNED: "came back as {role}",
    Kind.LEFT: "left",
    Kind.REMOVED: "was removed",
    Kind.BANNED: "was banned",
    Kind.UNBANNED: "may be invited again",
    Kind.DISBANDED: "left when the team disbanded",
    Kind.RESTORED: "came back when the team was restored",
}


@dataclass(frozen=True)
class Stay:
    """Someone who had a seat on a day, in the last role of that day."""

    profile: UserProfile
    role: str
    in_game_role: str
    since: datetime

    @property
    def role_name(self) -> str:
        return str(TeamMembership.Role(self.role).label)


@dataclass(frozen=True)
class Step:
    """One line of the timeline, in words that its reader may see."""

    change: RosterChange
    words: str


def roster_on(team: Team, day: date) -> list[Stay]:
    """Return everyone who had a seat at any moment of ``day`` where people live, first come first. One query.

    A day is one of the site's time zone, as on results and registrations.
    """
    end = past_rosters.bounds(day)[1]
    changes = RosterChange.objects.filter(team=team, at__lt=end).select_related("profile__user").order_by("at", "pk")
    profiles = {change.profile_id: change.profile for change in changes}
    return [
        Stay(profiles[seat.profile_id], seat.role, seat.in_game_role, seat.since)
        for seat in past_rosters.seats(changes, day)
    ]


def timeline(team: Team, *, viewer: Standing) -> QuerySet[RosterChange]:
    """Return what happened to the roster and ``viewer`` may know of, newest first."""
    changes = RosterChange.objects.filter(team=team).select_related("profile__user").order_by("-at", "-pk")
    return changes if can_manage_roster(viewer) else changes.exclude(kind__in=UNSAID)


def steps(changes: list[RosterChange], *, viewer: Standing) -> list[Step]:
    """Put changes into words."""
    discreet = not can_manage_roster(viewer)
    return [Step(change, _words(change, discreet=discreet)) for change in changes]


def _words(change: RosterChange, *, discreet: bool) -> str:
    if discreet and change.kind in DISCREET:
        return DISCREET[Kind(change.kind)]
    place = f" ({change.in_game_role})" if change.in_game_role else ""
    return WORDS[Kind(change.kind)].format(role=change.get_role_display().lower() + place)
