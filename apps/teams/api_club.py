"""/api/v1/teams/<slug>/: achievements, results, practice and figures, by the same rules as the pages."""

from typing import Any, cast

from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.common.pagination import keyset_page
from apps.teams import permissions
from apps.teams.models import PracticeSession, TeamAchievement, TeamTournamentRegistration
from apps.teams.selectors import achievements, practice, results, rosters, stats
from apps.teams.services import achievements as services

PAGE_SIZE = 50


class AchievementSerializer(serializers.ModelSerializer[TeamAchievement]):
    url = serializers.CharField(source="get_absolute_url")
    counts = serializers.BooleanField(source="is_counted")

    class Meta:
        model = TeamAchievement
        fields = [
            "id",
            "title",
            "description",
            "achieved_on",
            "place",
            "evidence_url",
            "status",
            "source",
            "counts",
            "url",
        ]


class NewAchievementSerializer(serializers.Serializer[dict[str, Any]]):
    title = serializers.CharField(max_length=80)
    achieved_on = serializers.DateField()
    description = serializers.CharField(max_length=500, allow_blank=True, default="")
    place = serializers.IntegerField(min_value=1, max_value=9999, allow_null=True, default=None)
    evidence_url = serializers.URLField(max_length=300, allow_blank=True, default="")


class ResultSerializer(serializers.ModelSerializer[TeamTournamentRegistration]):
    class Meta:
        model = TeamTournamentRegistration
        fields = ["tournament_id", "tournament_name", "status", "placement", "prize", "played_on", "roster"]


class PracticeSerializer(serializers.ModelSerializer[PracticeSession]):
    mine = serializers.CharField()
    coming = serializers.IntegerField()
    url = serializers.CharField(source="get_absolute_url")

    class Meta:
        model = PracticeSession
        fields = [
            "id",
            "title",
            "kind",
            "starts_at",
            "ends_at",
            "time_zone",
            "place",
            "link",
            "opponent",
            "notes",
            "is_cancelled",
            "coming",
            "mine",
            "url",
        ]


class AchievementList(APIView):
    """A team's shelf, and something new on it."""

    permission_classes = [IsAuthenticatedOrReadOnly]

    def get(self, request: Request, slug: str) -> Response:
        _, standing = rosters.team_for(request.user, slug)
        shelf = achievements.shelf(standing)
        shown = [*shelf.earned, *shelf.told, *shelf.rejected]
        return Response({"results": AchievementSerializer(shown, many=True).data})

    def post(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_manage_achievements(standing)
        given = NewAchievementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = services.add_achievement(actor=cast("User", request.user), team_id=team.pk, **given.validated_data)
        made.refresh_from_db()
        return Response(AchievementSerializer(made).data, status=201)


class ResultList(APIView):
    """A team's results, newest first, in portions."""

    permission_classes = [AllowAny]

    def get(self, request: Request, slug: str) -> Response:
        team, _ = rosters.team_for(request.user, slug)
        page = keyset_page(
            results.results_of(team),
            order=results.NEWEST_FIRST,
            cursor=request.query_params.get("after", ""),
            size=PAGE_SIZE,
        )
        following = f"{request.path}?after={page.next_cursor}" if page.has_next else None
        return Response({"results": ResultSerializer(page.rows, many=True).data, "next": following})


class PracticeList(APIView):
    """What a team has planned, soonest first, in portions. For its members."""

    permission_classes = [IsAuthenticated]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        permissions.check_see_practice(standing)
        page = keyset_page(
            practice.sessions_of(standing).filter(ends_at__gt=timezone.now()),
            order=("starts_at", "pk"),
            cursor=request.query_params.get("after", ""),
            size=PAGE_SIZE,
        )
        following = f"{request.path}?after={page.next_cursor}" if page.has_next else None
        rows = practice.shown(page.rows, team)
        return Response({"results": PracticeSerializer(rows, many=True).data, "next": following})


class Stats(APIView):
    """The team in figures. ``inside`` is null for whom the captain does not show it."""

    permission_classes = [AllowAny]

    def get(self, request: Request, slug: str) -> Response:
        team, standing = rosters.team_for(request.user, slug)
        inside = stats.activity_of(team) if permissions.can_view_stats(standing) else None
        return Response(
            {
                "standings": _series(stats.standings_of(team)),
                "figures": _series(stats.figures_of(team)),
                "inside": _series(inside) if inside else None,
            }
        )


def _series(charts: Any) -> dict[str, list[dict[str, Any]]]:
    """Write each chart's data as a list; what is no chart is left out."""
    found = {name: value for name, value in vars(charts).items() if isinstance(value, tuple)}
    return {name: [{"label": datum.label, "value": datum.value} for datum in data] for name, data in found.items()}
