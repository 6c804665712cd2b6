"""Closes ways into a team that end because something else happened: requests and invite links."""

from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.teams.models import Team, TeamInviteLink, TeamJoinRequest
from apps.user_profile.models import UserProfile

Status = TeamJoinRequest.Status


def close_request_of(*, actor: User | None, team: Team, profile: UserProfile) -> None:
    """Close what a player asked of ``team``: they are in it now. The caller holds the lock of ``team``."""
    for request in team.join_requests.filter(status=Status.PENDING, player=profile.user_id):
        settle_request(actor=actor, request=request, status=Status.CLOSED)


def close_ways_in(*, team: Team) -> dict[str, int]:
    """Close all requests and revoke all links of a team that ends, and count them. The caller records it."""
    now = timezone.now()
    return {
        "requests_closed": team.join_requests.filter(status=Status.PENDING).update(
            status=Status.CLOSED, answered_at=now
        ),
        "links_revoked": team.invite_links.filter(revoked_at__isnull=True).update(revoked_at=now),
    }


def revoke_links_of(*, actor: User | None, team: Team, profile: UserProfile) -> None:
    """Revoke the links of somebody who has no say any more. The caller holds the lock of ``team``."""
    for link in team.invite_links.open().filter(made_by=profile.user_id).order_by("pk"):
        revoke(actor=actor, link=link)


def revoke(*, actor: User | None, link: TeamInviteLink) -> None:
    """Make the link worth nothing. The caller holds the lock of its team."""
    link.revoked_at = timezone.now()
    link.save(update_fields=["revoked_at"])
    audit.record(
        actor=actor,
        action="team.link_revoked",
        target=link.team,
        old={"link": link.pk, "uses": link.uses},
        new={"link": link.pk},
    )


def settle_request(*, actor: User | None, request: TeamJoinRequest, status: str, reason: str = "") -> None:
    """Write what became of a request. The caller holds the lock of its team."""
    request.status, request.reason = status, reason
    request.answered_at = timezone.now()
    request.answered_by = actor
    request.save(update_fields=["status", "reason", "answered_at", "answered_by"])
    # The reason is about a person and goes with them; the record is kept for ever.
    audit.record(
        actor=actor,
        action=f"team.request_{status}",
        target=request.team,
        old={"request": request.pk, "player": request.player_id, "status": Status.PENDING},
        new={"request": request.pk, "player": request.player_id, "status": status},
    )


def forget(user: User) -> None:
    """Delete what somebody asked of teams, and what teams said to it. Part of the deletion of the account."""
    TeamJoinRequest.objects.filter(player=user).delete()
