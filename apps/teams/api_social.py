"""/api/v1/teams/<slug>/…: following and posts, by the same services as the pages."""

from typing import Any, cast
from uuid import uuid4

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.teams.models import TeamPost
from apps.teams.permissions import posts as rules
from apps.teams.selectors import follows as selectors
from apps.teams.selectors import posts as post_selectors
from apps.teams.selectors import rosters
from apps.teams.services import follows, posts
from apps.teams.services.posts.writing import Words


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


class PostSerializer(serializers.ModelSerializer[TeamPost]):
    """A post as lists and pages show it. ``body`` is Markdown."""

    author = serializers.CharField(source="author.username", default=None)
    url = serializers.CharField(source="get_absolute_url")
    pictures = serializers.SerializerMethodField()

    class Meta:
        model = TeamPost
        fields = [
            "id",
            "kind",
            "state",
            "audience",
            "title",
            "body",
            "author",
            "is_pinned",
            "on_top_until",
            "published_at",
            "edited_at",
            "pictures",
            "url",
        ]

    def get_pictures(self, post: TeamPost) -> list[dict[str, str]]:
        return [{"url": picture.image.url(960), "alt": picture.alt} for picture in post.pictures.all()]


class NewPostSerializer(serializers.Serializer[dict[str, Any]]):
    title = serializers.CharField(max_length=120)
    body = serializers.CharField(max_length=5000, trim_whitespace=False)
    audience = serializers.ChoiceField(choices=TeamPost.Audience.choices, default=TeamPost.Audience.PUBLIC)
    kind = serializers.ChoiceField(choices=TeamPost.Kind.choices, default=TeamPost.Kind.POST)
    on_top_until = serializers.DateField(required=False, default=None)
    client_id = serializers.UUIDField(default=uuid4)
    publish = serializers.BooleanField(default=True)


class Posts(APIView):
    """The posts of a team that the asker may read, and a new one."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request, slug: str) -> Response:
        _team, standing = rosters.team_for(request.user, slug)
        found = post_selectors.posts_page(standing, cursor=request.query_params.get("after", ""))
        rows = [*found.on_top, *found.page.rows]
        following = f"{request.path}?after={found.page.next_cursor}" if found.page.has_next else None
        return Response({"results": PostSerializer(rows, many=True).data, "next": following})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        rules.check_write_post(standing)
        given = NewPostSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        made = posts.create_post(
            actor=cast(User, request.user),
            team_id=team.pk,
            client_id=values.pop("client_id"),
            publish=values.pop("publish"),
            words=Words(**values),
        )
        return Response(PostSerializer(made).data, status=201, headers={"Location": made.get_absolute_url()})
