"""/api/v1/teams/<slug>/…: following, by the same services as the pages."""

from typing import cast

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.teams.selectors import follows as selectors
from apps.teams.selectors import rosters
from apps.teams.services import follows


class Follow(APIView):
    """Whether I follow the team, and how many do. PUT follows, DELETE ends it; both may be repeated."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        _team, standing = rosters.team_for(request.user, slug)
        found = selectors.following(standing)
        return Response({"following": found.is_mine, "followers": found.count})

    def put(self, request: Request, slug: str) -> Response:
        team, _standing = rosters.team_for(request.user, slug)
        follows.follow_team(actor=cast(User, request.user), team_id=team.pk)
        return self.get(request, slug)

    def delete(self, request: Request, slug: str) -> Response:
        team, _standing = rosters.team_for(request.user, slug)
        follows.unfollow_team(actor=cast(User, request.user), team_id=team.pk)
        return self.get(request, slug)
