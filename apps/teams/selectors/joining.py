"""Invite links and join requests as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet

from apps.accounts.models import User
from apps.core.errors import DomainError, NotFound
from apps.teams import permissions
from apps.teams.models import InviteLinkUse, Team, TeamInvite, TeamInviteLink, TeamJoinRequest, TeamMembership
from apps.teams.models.join_request import JoinRequestQuerySet
from apps.teams.permissions import Standing, Viewer

LISTED_LINKS = 30


@dataclass(frozen=True)
class Ask:
    """What the team page offers somebody who is not in the team: to answer, to ask, or what they asked."""

    invite: TeamInvite | None
    can_ask: bool
    pending_since: datetime | None


def link_by_token(token: UUID) -> TeamInviteLink:
    """Return the link with its team. Raises ``NotFound``."""
    link = TeamInviteLink.objects.filter(token=token).select_related("team__captain", "made_by__profile").first()
    if link is None:
        raise NotFound("There is no such link.")
    return link


def links_of(team: Team) -> list[TeamInviteLink]:
    """Return the newest links of ``team``, open ones first, with who made them. One query."""
    newest = team.invite_links.select_related("made_by__profile").order_by("-created_at", "-pk")[:LISTED_LINKS]
    links = sorted(newest, key=lambda link: link.state != "open")  # stable: within each half the newest stay first
    for link in links:
        link.team = team
    return links


def link_of(team: Team, link_id: int) -> TeamInviteLink:
    """Return a link of ``team``. Raises ``NotFound``."""
    link = team.invite_links.filter(pk=link_id).first()
    if link is None:
        raise NotFound("There is no such link.")
    return link


def waiting_requests(team: Team) -> list[TeamJoinRequest]:
    """Return who waits for an answer, longest first, and whether they play elsewhere meanwhile. One query."""
    elsewhere = TeamMembership.objects.active().filter(profile__user=OuterRef("player"), game=team.game)
    return list(
        team.join_requests.open()
        .select_related("player__profile")
        .annotate(plays_elsewhere=Exists(elsewhere))
        .order_by("created_at", "pk")
    )


def answered_requests(team: Team) -> QuerySet[TeamJoinRequest]:
    """Return what became of earlier requests."""
    return team.join_requests.exclude(pk__in=team.join_requests.open().values("pk")).select_related(
        "player__profile", "answered_by__profile"
    )


def request_of(team: Team, request_id: int) -> TeamJoinRequest:
    """Return a request to ``team``, whatever became of it. Raises ``NotFound``."""
    request = team.join_requests.select_related("player__profile").filter(pk=request_id).first()
    if request is None:
        raise NotFound("There is no such request.")
    return request


def my_request(team: Team, viewer: Viewer) -> TeamJoinRequest | None:
    """Return the viewer's open request to ``team``."""
    if not viewer.is_authenticated:
        return None
    return team.join_requests.open().filter(player=viewer).first()


def my_requests(viewer: Viewer) -> JoinRequestQuerySet:
    """Return what the viewer waits for, newest first."""
    if not viewer.is_authenticated:
        return TeamJoinRequest.objects.none()
    return TeamJoinRequest.objects.open().filter(player=viewer, team__is_active=True).select_related("team")


def ask_state(standing: Standing) -> Ask:
    """Return what the team page offers. No query for visitors and members, two for others."""
    invited = permissions.invites_answered_by(standing.user).filter(team=standing.team)
    invite = None if standing.membership else invited.order_by("pk").first()
    request = None if standing.membership else my_request(standing.team, standing.user)
    visitor_may = not standing.user.is_authenticated and standing.team.accepts_join_requests
    return Ask(
        invite=invite,
        can_ask=invite is None and request is None and (visitor_may or permissions.can_ask(standing)),
        pending_since=request.created_at if request else None,
    )


def refusal_to_ask(standing: Standing) -> DomainError | None:
    """Return why this viewer can't ask, or None."""
    try:
        permissions.check_ask(standing)
    except NotFound:
        raise
    except DomainError as refusal:
        return refusal
    return None


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return the links somebody made and used, and what they asked of teams, for the export of their data."""
    return {
        "team_invite_links_made": list(
            TeamInviteLink.objects.filter(made_by=user)
            .order_by("pk")
            .values("role", "max_uses", "uses", "created_at", "expires_at", "revoked_at", team_name=F("team__name"))
        ),
        "team_invite_links_used": list(
            InviteLinkUse.objects.filter(user=user).order_by("pk").values("at", team_name=F("link__team__name"))
        ),
        "team_join_requests": list(
            TeamJoinRequest.objects.filter(player=user)
            .order_by("pk")
            .values(
                "message",
                "question",
                "answer",
                "in_game_role",
                "status",
                "reason",
                "created_at",
                "expires_at",
                "answered_at",
                team_name=F("team__name"),
            )
        ),
    }
