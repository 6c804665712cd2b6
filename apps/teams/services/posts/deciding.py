"""Posts that wait for a captain."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.teams.models import TeamPost
from apps.teams.permissions import posts as rules
from apps.teams.services.posts.states import State, lock_post, move, reason_of, tell


@transaction.atomic(durable=True)
def approve_post(*, actor: User, post_id: int) -> TeamPost:
    """Publish what waits.

    Raises:
        NotFound: There is no such post, or the team is hidden from the actor.
        PermissionRefused: The actor is neither captain nor co-captain.
        Conflict: It does not wait any more.
    """
    post = _waiting(actor, post_id)
    post.published_at = post.published_at or timezone.now()
    post.decided_by = actor
    move(actor, post, State.PUBLISHED, action="team.post_approved")
    tell(post)
    return post


@transaction.atomic(durable=True)
def reject_post(*, actor: User, post_id: int, reason: str) -> TeamPost:
    """Send back what waits. The author reads ``reason``, can change the post and send it again.

    Raises:
        NotFound, PermissionRefused, Conflict: as ``approve_post``. DomainError: There is no reason.
    """
    post = _waiting(actor, post_id)
    post.reason, post.decided_by = reason_of(reason), actor
    move(actor, post, State.REJECTED, action="team.post_rejected", reason=post.reason)
    tell(post)
    return post


def _waiting(actor: User, post_id: int) -> TeamPost:
    post, standing = lock_post(actor, post_id)
    rules.check_see_post(standing, post)
    rules.check_review_posts(standing)
    if post.state != State.PENDING:
        raise Conflict(f"This post does not wait any more: it is {post.get_state_display().lower()}.")
    return post
