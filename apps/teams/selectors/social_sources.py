"""What a team says, as activity that earns points: posts and days with chat of the last thirty days."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Least, TruncDate

from apps.corelib.ranking import ACTIVITY_DAYS
from apps.teams.models import ChatMessage, Team, TeamPost
from apps.teams.selectors.ranking_sources import Row, Source
from apps.teams.social_limits import POSTS_THAT_COUNT


def posts() -> Source:
    """Published posts. No more than one a day on average, so that a flood wins nothing."""
    return Source(("posts",), _count_posts, _post_rows)


def _recent_posts(at: datetime) -> QuerySet[TeamPost]:
    return TeamPost.objects.published().filter(
        published_at__gt=at - timedelta(days=ACTIVITY_DAYS), published_at__lte=at
    )


def _count_posts(at: datetime) -> QuerySet[Any, Any]:
    return _recent_posts(at).order_by().values("team_id").annotate(posts=Least(Count("pk"), Value(POSTS_THAT_COUNT)))


def _post_rows(team: Team, at: datetime) -> list[Row]:
    """The titles of what everyone may read; of the rest only that it was posted."""
    found = _recent_posts(at).filter(team=team).select_related("team").order_by("-published_at", "-pk")
    rows = []
    for post in found[:POSTS_THAT_COUNT]:
        open_to_all = post.audience == TeamPost.Audience.PUBLIC
        text, href = (post.title, post.get_absolute_url()) if open_to_all else ("A post for members", "")
        rows.append(Row("posts", text, post.published_at.date() if post.published_at else None, href))
    return rows


def chat_days() -> Source:
    """Days on which members talked: how much they said earns nothing, and nobody learns what."""
    return Source(("chat_days",), _count_days, _day_rows)


def _recent_chat(at: datetime) -> QuerySet[ChatMessage]:
    return ChatMessage.objects.filter(
        created_at__gt=at - timedelta(days=ACTIVITY_DAYS), created_at__lte=at, deleted_at=None
    )


def _count_days(at: datetime) -> QuerySet[Any, Any]:
    day = TruncDate("created_at")
    return _recent_chat(at).order_by().values("team_id").annotate(chat_days=Count(day, distinct=True))


def _day_rows(team: Team, at: datetime) -> list[Row]:
    said = _recent_chat(at).filter(team=team).order_by().annotate(day=TruncDate("created_at"))
    days = said.values_list("day", flat=True).distinct()
    return [Row("chat_days", "The team talked", day) for day in sorted(days, reverse=True)]
