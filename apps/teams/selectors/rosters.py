"""The roster as a page shows it."""

from dataclasses import dataclass
from itertools import chain

from django.db.models import Case, IntegerField, Q, Value, When

from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.constants import ROSTER_LIMIT
from apps.teams.models import Team, TeamMembership
from apps.teams.permissions import Viewer

Role = TeamMembership.Role
LINE_UP = (Role.CAPTAIN, Role.CO_CAPTAIN, Role.PLAYER)
STAFF = (Role.MANAGER, Role.COACH)


@dataclass(frozen=True)
class Roster:
    """Active members in their places. ``open_starters`` are the places of the line-up that nobody has."""

    starters: tuple[TeamMembership, ...]
    bench: tuple[TeamMembership, ...]
    staff: tuple[TeamMembership, ...]
    open_starters: int

    @property
    def members(self) -> tuple[TeamMembership, ...]:
        return tuple(chain(self.starters, self.bench, self.staff))

    @property
    def count(self) -> int:
        return len(self.starters) + len(self.bench) + len(self.staff)

    @property
    def free_seats(self) -> int:
        return ROSTER_LIMIT - self.count

    @property
    def open_places(self) -> range:
        """As many as the page draws: never more than there are seats."""
        return range(min(self.open_starters, self.free_seats))


def roster(team: Team) -> Roster:
    """Return who plays: captain first, then co-captains, then by date of joining. One query."""
    members = list(
        TeamMembership.objects.active().filter(team=team).select_related("profile__user").order_by("joined_at", "pk")
    )
    line_up = sorted((member for member in members if member.role in LINE_UP), key=lambda m: LINE_UP.index(m.role))
    places = team.game_info.starters
    late = sorted(line_up[places:], key=lambda member: (member.joined_at, member.pk))
    return Roster(
        starters=tuple(line_up[:places]),
        bench=(*late, *(member for member in members if member.role == Role.SUBSTITUTE)),
        staff=tuple(member for member in members if member.role in STAFF),
        open_starters=max(0, places - len(line_up)),
    )


def team_for(viewer: Viewer, slug: str) -> tuple[Team, permissions.Standing]:
    """Return the team of a page and what ``viewer`` is in it. Two queries, one for a visitor.

    Raises:
        NotFound: There is none, or ``viewer`` may not know of it.
    """
    team = team_at(slug)
    if team is None:
        raise NotFound("There is no such team.")
    standing = permissions.standing(viewer, team)
    permissions.check_see(standing)
    return team, standing


def team_at(slug: str) -> Team | None:
    """Return the team at this address or at one that it gave up. One query, two for an old address."""
    teams = Team.objects.select_related("captain__user", "ranking")
    return teams.filter(slug=slug).first() or teams.filter(past_names__slug=slug).first()


def memberships_of(profile_id: int, *, viewer: Viewer) -> list[TeamMembership]:
    """Return the teams that the player plays for and ``viewer`` may see, oldest first. One query."""
    return list(
        TeamMembership.objects.active()
        .filter(profile=profile_id, team__in=permissions.teams_seen_by(viewer))
        .select_related("team")
        .order_by("joined_at", "pk")
    )


def member_of(team: Team, member_id: int) -> TeamMembership:
    """Return who belongs to ``team`` now, with a seat or inactive. Raises ``NotFound``."""
    member = TeamMembership.objects.current().select_related("profile__user").filter(team=team, pk=member_id).first()
    if member is None:
        raise NotFound("This player is no longer in the team.")
    return member


def without_seat(team: Team) -> list[TeamMembership]:
    """Return inactive members and banned players, by name. One query."""
    return list(
        team.memberships.filter(Q(status=TeamMembership.Status.INACTIVE, left_at__isnull=True) | Q(status="banned"))
        .select_related("profile__user")
        .order_by("profile__display_name", "pk")
    )


def banned_of(team: Team, member_id: int) -> TeamMembership:
    """Return a banned player of ``team``. Raises ``NotFound``."""
    member = team.memberships.select_related("profile__user").filter(pk=member_id, status="banned").first()
    if member is None:
        raise NotFound("This player is not banned.")
    return member


def heir(team: Team, *, besides: TeamMembership) -> TeamMembership | None:
    """Return who becomes captain after ``besides``: the longest-serving co-captain, else the longest-serving member."""
    return (
        TeamMembership.objects.active()
        .filter(team=team, profile__user__is_active=True)
        .exclude(pk=besides.pk)
        .select_related("profile__user")
        .annotate(
            rank=Case(When(role=Role.CO_CAPTAIN, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )
        .order_by("rank", "joined_at", "pk")
        .first()
    )
