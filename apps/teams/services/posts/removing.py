"""Take a post away, bring it back, pin it."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit
from apps.core.errors import Conflict
from apps.teams.models import TeamPost, TeamPostReport
from apps.teams.permissions import posts as rules
from apps.teams.services.locks import lock_team
from apps.teams.services.posts.states import State, lock_post, move, reason_of, tell
from apps.teams.social_limits import POST_PINS


@transaction.atomic(durable=True)
def remove_post(*, actor: User, post_id: int, reason: str = "") -> TeamPost:
    """Take the post out of sight; for a week whoever did it can bring it back. What is another's needs a reason.

    Raises:
        NotFound: There is no such post, or it is hidden from the actor.
        PermissionRefused: Neither the author, a captain nor a moderator.
        DomainError: It is another's and there is no reason. Conflict: It was removed before.
    """
    post, standing = lock_post(actor, post_id)
    rules.check_remove_post(standing, post)
    return take_away(actor, post, reason="" if post.author_id == actor.pk else reason_of(reason))


def take_away(actor: User, post: TeamPost, *, reason: str) -> TeamPost:
    """Remove a post that the caller has locked and may remove."""
    if post.state == State.REMOVED:
        raise Conflict("This post was removed before.")
    # An announcement keeps its place for the case that it comes back; a pin is given up.
    post.state_before, post.removed_at, post.is_pinned = post.state, timezone.now(), False
    post.reason, post.decided_by = reason, actor
    move(actor, post, State.REMOVED, action="team.post_removed", reason=reason)
    now = timezone.now()
    TeamPostReport.objects.filter(post=post, state="open").update(state="upheld", settled_at=now, settled_by=actor)
    if post.author_id != actor.pk:
        tell(post)
    return post


@transaction.atomic(durable=True)
def restore_post(*, actor: User, post_id: int) -> TeamPost:
    """Bring a removed post back to what it was. Nobody is told again.

    Raises:
        NotFound: There is no such post, or it is hidden from the actor.
        PermissionRefused: Somebody else removed it. Conflict: It is not removed, or longer than a week.
    """
    post, standing = lock_post(actor, post_id)
    rules.check_restore_post(standing, post)
    if post.state != State.REMOVED:
        raise Conflict("This post is not removed.")
    post.removed_at, post.decided_by, post.reason = None, None, ""
    # What was sent back lost its reason with the removal: its author finds it as a draft.
    before = State.DRAFT if post.state_before == State.REJECTED else State(post.state_before)
    post.state_before = ""
    move(actor, post, before, action="team.post_restored")
    return post


@transaction.atomic(durable=True)
def pin_post(*, actor: User, post_id: int, pinned: bool) -> TeamPost:
    """Keep a published post above the others, or let it go down again. At most three at a time.

    Raises:
        NotFound, PermissionRefused: as ``approve_post``. Conflict: It is not published, or three are pinned.
    """
    # Whoever pins in this team waits here, so that two at once don't make four.
    lock_team(TeamPost.objects.filter(pk=post_id).values_list("team", flat=True).first() or 0)
    post, standing = lock_post(actor, post_id)
    rules.check_pin_post(standing, post)
    if pinned == post.is_pinned:
        return post
    if pinned and not post.is_published:
        raise Conflict("Only a published post can be pinned.")
    if pinned and TeamPost.objects.filter(team=post.team, is_pinned=True).count() >= POST_PINS:
        raise Conflict(f"{POST_PINS} posts are pinned. Let one go first.")
    post.is_pinned = pinned
    post.save(update_fields=["is_pinned"])
    audit.record(
        actor=actor,
        action="team.post_pinned" if pinned else "team.post_unpinned",
        target=post.team,
        old={"post": post.pk, "pinned": not pinned},
        new={"pinned": pinned},
    )
    return post
