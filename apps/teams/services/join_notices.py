"""Who hears of a request to join, and of its answer."""

from typing import Any

from django.urls import reverse

from apps.notifications.services import notify
from apps.teams.models import Team, TeamJoinRequest, TeamMembership

Role = TeamMembership.Role
Status = TeamJoinRequest.Status


def tell_join_request(request_id: int) -> int:
    """Tell who may answer of an open request, or the player of the answer. Nobody hears of another state."""
    request = TeamJoinRequest.objects.filter(pk=request_id).select_related("team", "player").first()
    if request is None or not request.team.is_active:
        return 0
    team = request.team
    match request.state:
        case Status.PENDING:
            url = reverse("teams:join_requests", args=[team.slug])
            words = "\n".join(part for part in (request.message, request.held_because) if part)
            return _tell(request, _who_answers(team), "teams.join_request", url=url, words=words, actor=request.player)
        case Status.ACCEPTED:
            return _tell(request, [request.player_id], "teams.join_request_accepted", url=team.get_absolute_url())
        case Status.DECLINED:
            url = reverse("teams:directory")
            return _tell(request, [request.player_id], "teams.join_request_declined", url=url, words=request.reason)
        case _:
            return 0


def _tell(
    request: TeamJoinRequest, hears: list[int], news: str, *, url: str, words: str = "", actor: Any = None
) -> int:
    return notify(
        hears,
        news,
        actor=actor,
        subject=request.team,
        context={"team": request.team.name, "words": words, "url": url},
        fingerprint=f"join_request:{request.pk}:{request.status}",
    )


def _who_answers(team: Team) -> list[int]:
    """Return the ids of everyone who may manage invites: captains, or all with a seat where the flag is on."""
    seats = TeamMembership.objects.active().filter(team=team)
    if not team.members_can_manage_invites:
        seats = seats.filter(role__in=[Role.CAPTAIN, Role.CO_CAPTAIN])
    return sorted(seats.values_list("profile__user_id", flat=True))
