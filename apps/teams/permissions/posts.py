"""Who may read, write, announce, decide about and remove a team's posts."""

from django.db.models import Q
from django.utils import timezone

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.teams.models import MemberFlag, TeamPost
from apps.teams.models.post import PostQuerySet
from apps.teams.permissions.standing import Role, Standing, Viewer, boolean, check_flag, check_see
from apps.teams.social_limits import POST_UNDO_FOR

State = TeamPost.State


def check_write_post(viewer: Standing) -> None:
    """Members with a seat; who is inactive has no say."""
    check_see(viewer)
    if viewer.membership is None or not viewer.role:
        raise PermissionRefused("Posts are written by the active members of the team.")


def check_announce(viewer: Standing) -> None:
    check_write_post(viewer)
    check_flag(viewer, MemberFlag.POST_ANNOUNCEMENTS, "post announcements")


def check_review_posts(viewer: Standing) -> None:
    """Decide about waiting posts, pin, remove those of others."""
    check_see(viewer)
    if not viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        raise PermissionRefused("Only the captain and co-captains decide about posts.")


def check_post_settings(viewer: Standing) -> None:
    check_see(viewer)
    check_flag(viewer, MemberFlag.CHANGE_SETTINGS, "change the settings")


def check_manage_posts(viewer: Standing) -> None:
    """See the page where posts wait: whoever can do something there."""
    check_see(viewer)
    if not (can_review_posts(viewer) or can_change_post_settings(viewer)):
        raise PermissionRefused("Only the captain and co-captains decide about posts, and who may change the settings.")


def check_moderate_posts(user: Viewer) -> None:
    # Asked in this order: only of staff the permissions are fetched.
    if not (user.is_authenticated and user.is_staff and user.has_perm("teams.change_teampost")):
        raise PermissionRefused("Only moderators can settle reports.")


def check_see_post(viewer: Standing, post: TeamPost) -> None:
    """What the viewer may not read does not exist."""
    check_see(viewer)
    if not _sees(viewer, post):
        raise NotFound("There is no such post.")


def check_edit_post(viewer: Standing, post: TeamPost) -> None:
    """Nobody puts words into another's mouth."""
    check_see_post(viewer, post)
    check_write_post(viewer)
    if post.author_id != viewer.user.pk:
        raise PermissionRefused("Only who wrote a post can edit it.")
    if post.state == State.REMOVED:
        raise Conflict("This post was removed. Undo that first.")


def check_pin_post(viewer: Standing, post: TeamPost) -> None:
    check_see_post(viewer, post)
    check_review_posts(viewer)


def check_remove_post(viewer: Standing, post: TeamPost) -> None:
    """The author, captains, and moderators."""
    if can_moderate_posts(viewer.user):
        return
    check_see_post(viewer, post)
    if post.author_id != viewer.user.pk:
        check_review_posts(viewer)


def check_restore_post(viewer: Standing, post: TeamPost) -> None:
    """Whoever removed it, for a week; moderators at any time."""
    if can_moderate_posts(viewer.user):
        return
    check_see_post(viewer, post)
    if post.state == State.REMOVED and post.decided_by_id != viewer.user.pk:
        raise PermissionRefused("Only who removed a post can bring it back.")
    if post.removed_at and post.removed_at < timezone.now() - POST_UNDO_FOR:
        raise Conflict("A removed post can be brought back for a week. That is over.")


def check_report_post(viewer: Standing, post: TeamPost) -> None:
    if not viewer.user.is_authenticated:
        raise PermissionRefused("Log in to report a post.")
    check_see_post(viewer, post)
    if not post.is_published:
        raise NotFound("There is no such post.")
    if post.author_id == viewer.user.pk:
        raise PermissionRefused("This is your own post. You can edit or remove it.")


def posts_seen_by(viewer: Standing) -> PostQuerySet:
    """The queryset form of ``check_see_post``. The caller has checked that the viewer sees the team."""
    posts = TeamPost.objects.filter(team=viewer.team)
    if can_moderate_posts(viewer.user):
        return posts
    seen = Q(state=State.PUBLISHED)
    if viewer.membership is None and not viewer.is_superuser:
        seen &= Q(audience=TeamPost.Audience.PUBLIC)
    if viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN):
        seen |= Q(state__in=[State.PENDING, State.REJECTED])
    if viewer.user.is_authenticated:
        mine = Q(author=viewer.user.pk) if viewer.membership else Q(pk__in=[])
        seen |= mine | Q(state=State.REMOVED, decided_by=viewer.user.pk)
    return posts.filter(seen)


def _sees(viewer: Standing, post: TeamPost) -> bool:
    own = viewer.user.is_authenticated and viewer.membership is not None and post.author_id == viewer.user.pk
    if own or can_moderate_posts(viewer.user):
        return True
    match post.state:
        case State.PUBLISHED:
            public = post.audience == TeamPost.Audience.PUBLIC
            return public or viewer.membership is not None or viewer.is_superuser
        case State.PENDING | State.REJECTED:
            return viewer.is_one_of(Role.CAPTAIN, Role.CO_CAPTAIN)
        case State.REMOVED:
            return viewer.user.is_authenticated and post.decided_by_id == viewer.user.pk
    return False


can_write_post = boolean(check_write_post)
can_announce = boolean(check_announce)
can_review_posts = boolean(check_review_posts)
can_change_post_settings = boolean(check_post_settings)
can_manage_posts = boolean(check_manage_posts)
can_moderate_posts = boolean(check_moderate_posts)
can_see_post = boolean(check_see_post)
can_edit_post = boolean(check_edit_post)
can_pin_post = boolean(check_pin_post)
can_remove_post = boolean(check_remove_post)
can_restore_post = boolean(check_restore_post)
can_report_post = boolean(check_report_post)
