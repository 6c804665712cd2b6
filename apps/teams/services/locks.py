"""Fetch and lock. The order: team; then invite, link, request or transfer; then profile. Keep it when you take two."""

from apps.core.errors import NotFound
from apps.teams.models import CaptainTransfer, Team, TeamInvite, TeamInviteLink, TeamJoinRequest
from apps.user_profile.models import UserProfile


def lock_team(team_id: int) -> Team:
    """Return the active team, locked until the transaction ends. Everything about its roster waits for this row."""
    # no_key: rows that point at the team can still be written by others meanwhile.
    team = Team.objects.select_for_update(no_key=True).filter(pk=team_id, is_active=True).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def lock_any_team(team_id: int) -> Team:
    """Return the team, disbanded or not, locked until the transaction ends."""
    team = Team.objects.select_for_update(no_key=True, of=("self",)).select_related("captain__user").filter(pk=team_id)
    found = team.first()
    if found is None:
        raise NotFound("There is no such team.")
    return found


def lock_invite(invite_id: int) -> tuple[Team, TeamInvite]:
    """Return the invite and its team, both locked. The team may have been disbanded since."""
    team_id = TeamInvite.objects.filter(pk=invite_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such invitation.")
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    invite = TeamInvite.objects.select_for_update(no_key=True).get(pk=invite_id)
    return team, invite


def lock_transfer(transfer_id: int) -> tuple[Team, CaptainTransfer]:
    """Return the offer of a captaincy and its team, both locked."""
    team_id = CaptainTransfer.objects.filter(pk=transfer_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such offer.")
    team = lock_team(team_id)
    return team, CaptainTransfer.objects.select_for_update(no_key=True).get(pk=transfer_id)


def lock_link(link_id: int) -> tuple[Team, TeamInviteLink]:
    """Return the invite link and its team, both locked. The team may have been disbanded since."""
    team_id = TeamInviteLink.objects.filter(pk=link_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such link.")
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    link = TeamInviteLink.objects.select_for_update(no_key=True).get(pk=link_id)
    link.team = team
    return team, link


def lock_join_request(request_id: int) -> tuple[Team, TeamJoinRequest]:
    """Return the join request and its team, both locked. The team may have been disbanded since."""
    team_id = TeamJoinRequest.objects.filter(pk=request_id).values_list("team_id", flat=True).first()
    if team_id is None:
        raise NotFound("There is no such request.")
    team = Team.objects.select_for_update(no_key=True).get(pk=team_id)
    request = (
        TeamJoinRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("player__profile")
        .get(pk=request_id)
    )
    request.team = team
    return team, request


def lock_profile(profile_id: int) -> UserProfile:
    """Return the profile, locked. One player's acts in two teams wait for this row."""
    return UserProfile.objects.select_for_update(no_key=True).get(pk=profile_id)
