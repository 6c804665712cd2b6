"""/api/v1/teams/<slug>/board/: threads and replies, by the same services as the pages."""

from typing import Any, cast
from uuid import uuid4

from rest_framework import serializers
from rest_framework.permissions import IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.teams.models import BoardReply, BoardThread
from apps.teams.permissions import board as rules
from apps.teams.selectors import board as selectors
from apps.teams.selectors import rosters
from apps.teams.services import board


class ThreadSerializer(serializers.ModelSerializer[BoardThread]):
    """A thread; ``body`` is Markdown."""

    author = serializers.CharField(source="author.username", default=None)
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = BoardThread
        fields = [
            "id",
            "title",
            "body",
            "author",
            "is_pinned",
            "is_locked",
            "reply_count",
            "last_at",
            "created_at",
            "edited_at",
            "url",
        ]


class ReplySerializer(serializers.ModelSerializer[BoardReply]):
    """A reply; a removed one has no words."""

    author = serializers.CharField(source="author.username", default=None)

    class Meta:
        model = BoardReply
        fields = ["id", "body", "author", "created_at", "edited_at", "removed_at"]


class NewReplySerializer(serializers.Serializer[dict[str, Any]]):
    body = serializers.CharField(max_length=5000, trim_whitespace=False)
    client_id = serializers.UUIDField(default=uuid4)


class NewThreadSerializer(NewReplySerializer):
    title = serializers.CharField(max_length=120)


class Board(APIView):
    """The threads of a team that the asker may read, and a new one."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request, slug: str) -> Response:
        _team, standing = rosters.team_for(request.user, slug)
        found = selectors.board_page(standing, cursor=request.query_params.get("after", ""))
        threads = [line.thread for line in [*found.on_top, *found.lines]]
        following = f"{request.path}?after={found.page.next_cursor}" if found.page.has_next else None
        return Response({"results": ThreadSerializer(threads, many=True).data, "next": following})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        rules.check_write_board(standing)
        given = NewThreadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = board.start_thread(actor=cast(User, request.user), team_id=team.pk, **given.validated_data)
        return Response(ThreadSerializer(made).data, status=201, headers={"Location": made.get_absolute_url()})


class Thread(APIView):
    """One thread with its replies, and a new reply."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request, slug: str, thread_id: int) -> Response:
        _team, standing = rosters.team_for(request.user, slug)
        found = selectors.thread_of(standing, thread_id)
        said, page = selectors.replies_page(standing, found, cursor=request.query_params.get("after", ""))
        replies = ReplySerializer([line.reply for line in said], many=True).data
        following = f"{request.path}?after={page.next_cursor}" if page.has_next else None
        return Response(ThreadSerializer(found).data | {"replies": replies, "next": following})

    def post(self, request: Request, slug: str, thread_id: int) -> Response:
        _team, standing = rosters.team_for(request.user, slug)
        found = selectors.thread_of(standing, thread_id)
        rules.check_write_board(standing)
        given = NewReplySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = board.add_reply(actor=cast(User, request.user), thread_id=found.pk, **given.validated_data)
        return Response(ReplySerializer(made).data, status=201)
