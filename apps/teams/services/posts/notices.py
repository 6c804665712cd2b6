"""Who hears of a post."""

from collections.abc import Iterable

from apps.notifications.services import notify
from apps.teams.models import TeamMembership, TeamPost
from apps.teams.models.membership import MembershipQuerySet
from apps.teams.selectors import follows

State = TeamPost.State
Role = TeamMembership.Role


def tell_post(post_id: int, state: str, at: str) -> int:
    """Tell what the post became, unless it has become something else since. ``at`` keeps a repeated task one news."""
    posts = TeamPost.objects.filter(pk=post_id, state=state, team__is_active=True)
    post = posts.select_related("team", "author", "decided_by").first()
    if post is None:
        return 0
    match state:
        case State.PUBLISHED:
            return _tell_readers(post) + _tell_author(post, "teams.post_approved", at)
        case State.PENDING:
            captains = _members(post).filter(role__in=[Role.CAPTAIN, Role.CO_CAPTAIN])
            return _notify(post, captains.values_list("profile__user_id", flat=True), "teams.post_waiting", at)
        case State.REJECTED | State.REMOVED:
            return _tell_author(post, f"teams.post_{state}", at)
    return 0


def _tell_readers(post: TeamPost) -> int:
    """Members hear of announcements, followers of all that is public. Each post is news once."""
    told = 0
    if post.is_announcement:
        members = _members(post).values_list("profile__user_id", flat=True)
        told += _notify(post, members, "teams.announcement", "")
    if post.audience == TeamPost.Audience.PUBLIC:
        told += _notify(post, follows.hearers(post.team), "teams.followed_post", "")
    return told


def _tell_author(post: TeamPost, code: str, at: str) -> int:
    """Tell the author what somebody else decided."""
    if post.author is None or post.decided_by is None or post.decided_by == post.author:
        return 0
    return notify(
        [post.author],
        code,
        actor=post.decided_by,
        subject=post.team,
        context=_context(post) | {"reason": post.reason},
        fingerprint=f"post:{post.pk}:{at}",
    )


def _notify(post: TeamPost, people: Iterable[int], code: str, at: str) -> int:
    return notify(
        people,
        code,
        actor=post.author,
        subject=post.team,
        context=_context(post),
        fingerprint=f"post:{post.pk}:{at}",
    )


def _context(post: TeamPost) -> dict[str, str]:
    return {"team": post.team.name, "title": post.title, "url": post.get_absolute_url()}


def _members(post: TeamPost) -> MembershipQuerySet:
    return TeamMembership.objects.active().filter(team=post.team)
