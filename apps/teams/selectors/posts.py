"""A team's posts as one viewer sees them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F

from apps.accounts.models import User
from apps.common.pagination import KeysetPage, keyset_page
from apps.core.errors import NotFound
from apps.teams.models import Team, TeamPost, TeamPostReport
from apps.teams.models.post import PostQuerySet
from apps.teams.permissions import Standing
from apps.teams.permissions import posts as rules
from apps.teams.social_limits import POST_PINS, POSTS_PER_PAGE

State = TeamPost.State
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class PostsPage:
    """``on_top`` stands above the first page and on no other."""

    on_top: list[TeamPost]
    page: KeysetPage[TeamPost]


def posts_page(viewer: Standing, *, cursor: str = "") -> PostsPage:
    """Return published posts, newest first. Four queries for any page of any team: twice posts, twice pictures."""
    published = _shown(rules.posts_seen_by(viewer).published())
    on_top = list(published.on_top().order_by("-is_pinned", "-published_at")[: 2 * POST_PINS])
    others = published.exclude(pk__in=[post.pk for post in on_top])
    page = keyset_page(others, order=("-published_at", "-pk"), cursor=cursor, size=POSTS_PER_PAGE)
    return PostsPage(on_top if page.is_first else [], page)


def post_of(viewer: Standing, post_id: int) -> TeamPost:
    """Return one post of the team. Raises ``NotFound`` for what the viewer may not read."""
    post = _shown(rules.posts_seen_by(viewer)).filter(pk=min(post_id, LARGEST)).first()
    if post is None:
        raise NotFound("There is no such post.")
    return post


def unpublished_of(viewer: Standing) -> list[TeamPost]:
    """Return what the viewer has written here and nobody reads yet."""
    if viewer.membership is None:
        return []
    states = [State.DRAFT, State.PENDING, State.REJECTED]
    return list(TeamPost.objects.filter(team=viewer.team, author=viewer.user.pk, state__in=states).order_by("-pk"))


def waiting(team: Team) -> list[TeamPost]:
    """Return what waits for a captain, oldest first."""
    return list(_shown(TeamPost.objects.filter(team=team, state=State.PENDING)).order_by("pk")[:50])


def personal_data(user: User) -> dict[str, list[Any]]:
    """Return what the person posted and reported, for the export of their data."""
    columns = ("kind", "state", "audience", "title", "body", "created_at", "published_at", "edited_at")
    posts = TeamPost.objects.filter(author=user).order_by("pk")
    reports = TeamPostReport.objects.filter(reporter=user).order_by("pk")
    return {
        "team_posts": list(posts.values(*columns, team_name=F("team__name"))),
        "team_post_reports": list(
            reports.values("why", "words", "state", "created_at", team_name=F("post__team__name"))
        ),
    }


def _shown(posts: PostQuerySet) -> PostQuerySet:
    return posts.select_related("team", "author__profile", "decided_by__profile").prefetch_related("pictures")
