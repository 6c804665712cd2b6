"""Who follows which team."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from apps.accounts.models import User
from apps.common.pagination import KeysetPage, keyset_page
from apps.teams import permissions
from apps.teams.models import Team, TeamFollow, TeamMembership
from apps.teams.permissions import Standing


@dataclass(frozen=True)
class Following:
    """How many follow the team, and whether the viewer does."""

    count: int
    is_mine: bool
    may_follow: bool


def following(standing: Standing) -> Following:
    """Return what the button shows. One query, along the index of the team's followers."""
    viewer = standing.user.pk if standing.user.is_authenticated else None
    found = TeamFollow.objects.counted().filter(team=standing.team)
    counts = found.aggregate(count=Count("pk"), mine=Count("pk", filter=Q(profile__user=viewer)))
    return Following(counts["count"], bool(counts["mine"]), permissions.can_follow(standing))


def followers(team: Team, *, cursor: str = "", size: int = 30) -> KeysetPage[TeamFollow]:
    """Return a page of who follows ``team``, newest first. One query. The caller has checked who asks."""
    rows = TeamFollow.objects.counted().filter(team=team).select_related("profile__user")
    return keyset_page(rows, order=("-id",), cursor=cursor, size=size)


def teams_followed(user: User, *, cursor: str = "", size: int = 30) -> KeysetPage[TeamFollow]:
    """Return a page of the teams that ``user`` follows and may see, newest first. One query."""
    rows = TeamFollow.objects.filter(profile__user=user, team__in=permissions.teams_seen_by(user).active())
    return keyset_page(rows.select_related("team"), order=("-id",), cursor=cursor, size=size)


def hearers(team: Team) -> QuerySet[TeamFollow, int]:
    """Return the ids of the users who hear of a team's news as followers: never its members, who hear as members.

    Of a private team nobody outside hears anything.
    """
    if not team.is_public or not team.is_active:
        return TeamFollow.objects.none().values_list("profile__user_id", flat=True)
    members = TeamMembership.objects.current().filter(team=team).values("profile")
    found = TeamFollow.objects.counted().filter(team=team).exclude(profile__in=members)
    return found.order_by("profile__user_id").values_list("profile__user_id", flat=True)


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the teams that the person follows, for the export of their data."""
    rows = TeamFollow.objects.filter(profile__user=user).order_by("pk")
    return {"teams_followed": list(rows.values("created_at", team_name=F("team__name")))}


def is_follower(user: User, team: Team) -> bool:
    """Return whether ``user`` follows ``team``, seen or not."""
    return TeamFollow.objects.filter(team=team, profile__user=user).exists()
