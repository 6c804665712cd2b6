"""/api/v1/: invite links and join requests, by the same services as the pages."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.errors import NotFound
from apps.teams import permissions
from apps.teams.api_input import actor_of, checked
from apps.teams.constants import JOIN_ANSWER_LIMIT, JOIN_MESSAGE_LIMIT, LINK_DAYS, LINK_USES_LIMIT
from apps.teams.models import TeamInviteLink, TeamJoinRequest
from apps.teams.selectors import joining, rosters
from apps.teams.serializers import AnswerSerializer
from apps.teams.services import join_requests, links


class NewLinkSerializer(serializers.Serializer[dict[str, Any]]):
    """``max_uses`` null: as often as there are seats."""

    role = serializers.ChoiceField(choices=TeamInviteLink.Role.choices, default=TeamInviteLink.Role.PLAYER)
    max_uses = serializers.IntegerField(min_value=1, max_value=LINK_USES_LIMIT, default=1, allow_null=True)
    days = serializers.ChoiceField(choices=LINK_DAYS, default=7)


class LinkSerializer(serializers.ModelSerializer[TeamInviteLink]):
    """A link as the team sees it; ``url`` is the key."""

    team = serializers.CharField(source="team.slug")
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = TeamInviteLink
        fields = ["id", "team", "role", "max_uses", "uses", "state", "url", "created_at", "expires_at", "revoked_at"]


class NewRequestSerializer(serializers.Serializer[dict[str, Any]]):
    message = serializers.CharField(max_length=JOIN_MESSAGE_LIMIT, allow_blank=True, default="")
    answer = serializers.CharField(max_length=JOIN_ANSWER_LIMIT, allow_blank=True, default="")
    in_game_role = serializers.CharField(max_length=30, allow_blank=True, default="")


class DeclineSerializer(serializers.Serializer[dict[str, Any]]):
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class RequestSerializer(serializers.ModelSerializer[TeamJoinRequest]):
    """A join request as its team and its player see it."""

    team = serializers.CharField(source="team.slug")
    player = serializers.CharField(source="player.username")

    class Meta:
        model = TeamJoinRequest
        fields = [
            "id",
            "team",
            "player",
            "message",
            "question",
            "answer",
            "in_game_role",
            "state",
            "held_because",
            "reason",
            "created_at",
            "expires_at",
        ]


class LinkList(APIView):
    """The team's invite links, and a new one."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        return Response({"results": LinkSerializer(joining.links_of(team), many=True).data})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        values = checked(NewLinkSerializer(data=request.data))
        link = links.create_link(actor=actor_of(request), team_id=team.pk, **values)
        return Response(LinkSerializer(link).data, status=201)


class RevokeLink(APIView):
    """Take a link back."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, slug: str, link_id: int) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        link = links.revoke_link(actor=actor_of(request), link_id=joining.link_of(team, link_id).pk)
        return Response(LinkSerializer(link).data)


class AcceptLink(APIView):
    """Join by the link with this token."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, token: UUID) -> Response:
        link = joining.link_by_token(token)
        values = checked(AnswerSerializer(data=request.data))
        member = links.accept_link(actor=actor_of(request), link_id=link.pk, **values)
        return Response({"team": member.team.slug, "role": member.role, "in_game_role": member.in_game_role})


class RequestList(APIView):
    """Who asks to join the team; and asking."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        return Response({"results": RequestSerializer(joining.waiting_requests(team), many=True).data})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_ask(standing)
        values = checked(NewRequestSerializer(data=request.data))
        asked = join_requests.ask_to_join(actor=actor_of(request), team_id=team.pk, **values)
        return Response(RequestSerializer(asked).data, status=201)


class ApproveRequest(APIView):
    """Give the player a seat."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, slug: str, request_id: int) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        asked = joining.request_of(team, request_id)
        member = join_requests.approve_request(actor=actor_of(request), request_id=asked.pk)
        return Response({"team": team.slug, "role": member.role, "in_game_role": member.in_game_role})


class DeclineRequest(APIView):
    """Say no, with a reason or without."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request, slug: str, request_id: int) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_invite(standing)
        asked = joining.request_of(team, request_id)
        values = checked(DeclineSerializer(data=request.data))
        declined = join_requests.decline_request(actor=actor_of(request), request_id=asked.pk, **values)
        return Response(RequestSerializer(declined).data)


class MyRequest(APIView):
    """What the actor asked of this team. Deleting it takes it back."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        return Response(RequestSerializer(self._mine(request, slug)).data)

    def delete(self, request: Request, slug: str) -> Response:
        withdrawn = join_requests.withdraw_request(actor=actor_of(request), request_id=self._mine(request, slug).pk)
        return Response(RequestSerializer(withdrawn).data)

    def _mine(self, request: Request, slug: str) -> TeamJoinRequest:
        team, _ = rosters.team_for(request.user, slug)
        mine = joining.my_request(team, request.user)
        if mine is None:
            raise NotFound("You have no open request to this team.")
        return mine
