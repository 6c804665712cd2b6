"""/api/v1/teams/: the same selectors and services as the pages; refusals are problems with the same sentences."""

from urllib.parse import urlencode
from uuid import UUID

from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.common.pagination import keyset_page
from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.api_input import actor_of, checked
from apps.teams.forms.lists import DirectoryForm
from apps.teams.selectors import directory, invitations, rosters
from apps.teams.serializers import (
    AnswerSerializer,
    InviteSerializer,
    NewInviteSerializer,
    NewTeamSerializer,
    TeamSerializer,
    roster_json,
)
from apps.teams.services import invites, teams

PAGE_SIZE = 50


class TeamList(APIView):
    """The directory, and a new team."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request) -> Response:
        form = DirectoryForm(request.query_params)
        form.is_valid()  # as on the page: a wrong filter filters nothing
        filters = directory.Filters(**form.cleaned_data)
        page = keyset_page(
            directory.directory(viewer=request.user, filters=filters),
            order=filters.order,
            cursor=request.query_params.get("after", ""),
            size=PAGE_SIZE,
        )
        kept = {name: "on" if value is True else value for name, value in form.cleaned_data.items() if value}
        following = f"{request.path}?{urlencode({**kept, 'after': page.next_cursor})}" if page.has_next else None
        return Response({"results": TeamSerializer(page.rows, many=True).data, "next": following})

    def post(self, request: Request) -> Response:
        values = checked(NewTeamSerializer(data=request.data))
        team = teams.create_team(actor=actor_of(request), **values)
        return Response(TeamSerializer(team).data, status=201, headers={"Location": f"{request.path}{team.slug}/"})


class TeamDetail(APIView):
    """One team with its roster."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request, slug: str) -> Response:
        team, _standing = rosters.team_for(request.user, slug)
        return Response(TeamSerializer(team).data | {"roster": roster_json(rosters.roster(team))})


class InviteList(APIView):
    """Ask someone into the team, and see who was asked."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        return Response({"results": InviteSerializer(invitations.open_invitations(team), many=True).data})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        values = checked(NewInviteSerializer(data=request.data))
        if username := values.pop("player", ""):
            player = User.objects.select_related("profile").filter(username__iexact=username, is_active=True).first()
            if player is None:
                raise NotFound(f"No player has the username {username}.", field="player")
            invite = invites.invite_player(actor=actor_of(request), team_id=team.pk, player=player, **values)
        else:
            invite = invites.invite_email(actor=actor_of(request), team_id=team.pk, **values)
        return Response(InviteSerializer(invite).data, status=201)


class AcceptInvite(APIView):
    """Say yes to the invitation with this token."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, token: UUID) -> Response:
        found = invitations.invitation(token, viewer=request.user)
        values = checked(AnswerSerializer(data=request.data))
        member = invites.accept_invite(actor=actor_of(request), invite_id=found.invite.pk, **values)
        return Response({"team": member.team.slug, "role": member.role, "in_game_role": member.in_game_role})


class DeclineInvite(APIView):
    """Say no to the invitation with this token."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, token: UUID) -> Response:
        found = invitations.invitation(token, viewer=request.user)
        invite = invites.decline_invite(actor=actor_of(request), invite_id=found.invite.pk)
        return Response({"state": invite.state})
