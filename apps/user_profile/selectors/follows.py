"""Who follows whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from apps.common.pagination import KeysetPage, keyset_page
from apps.user_profile import permissions
from apps.user_profile.models import Follow, UserProfile
from apps.user_profile.permissions import Viewer

FOLLOW_LISTS = ("followers", "following", "friends")


@dataclass(frozen=True)
class FollowRow:
    """A player in a list: name, picture, since when, and whether the viewer follows them."""

    profile: UserProfile
    since: datetime
    viewer_follows: bool
    viewer_may_follow: bool


def friends_of(profile: UserProfile) -> QuerySet[Follow]:
    """Return the follows of ``profile`` that are returned."""
    back = Follow.objects.filter(follower=OuterRef("followed"), followed=OuterRef("follower"))
    return Follow.objects.filter(Exists(back), follower=profile)


def follow_list(
    viewer: Viewer, profile: UserProfile, kind: str, *, cursor: str = "", size: int = 30
) -> KeysetPage[FollowRow]:
    """Return a page of ``kind`` (one of :data:`FOLLOW_LISTS`), newest first, in two queries.

    Raises:
        PermissionRefused: The profile is private for the viewer.
    """
    permissions.check_see_details(viewer, profile)
    other = "follower" if kind == "followers" else "followed"
    rows = {
        "followers": Follow.objects.filter(followed=profile),
        "following": Follow.objects.filter(follower=profile),
        "friends": friends_of(profile),
    }[kind]
    rows = rows.filter(**{f"{other}__user__is_active": True}).select_related(f"{other}__user")
    page = keyset_page(rows, order=("-id",), cursor=cursor, size=size)
    people = [getattr(row, other) for row in page.rows]
    followed = _followed_by(viewer, people)
    return KeysetPage(
        rows=[
            FollowRow(person, row.created_at, person.pk in followed, permissions.can_follow(viewer, person))
            for person, row in zip(people, page.rows, strict=True)
        ],
        next_cursor=page.next_cursor,
        is_first=page.is_first,
    )


def _followed_by(viewer: Viewer, people: list[UserProfile]) -> set[int]:
    if not viewer.is_authenticated:
        return set()
    mine = Follow.objects.filter(follower__user_id=viewer.pk, followed__in=people)
    return set(mine.values_list("followed_id", flat=True))
