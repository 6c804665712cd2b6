"""How a post gets from one state to the next: one place that locks, checks and records it."""

from django.utils import timezone

from apps.accounts.models import User
from apps.core import audit, jobs
from apps.core.errors import Conflict, DomainError, NotFound
from apps.teams.models import TeamPost
from apps.teams.permissions import Standing, standing
from apps.teams.social_limits import REASON_LIMIT

State = TeamPost.State


def lock_post(actor: User, post_id: int) -> tuple[TeamPost, Standing]:
    """Return the post, locked, and what the actor is in its team. Raises ``NotFound``."""
    posts = TeamPost.objects.select_for_update(no_key=True, of=("self",)).select_related("team", "author")
    post = posts.filter(pk=post_id, team__is_active=True).first()
    if post is None:
        raise NotFound("There is no such post.")
    return post, standing(actor, post.team)


def move(actor: User, post: TeamPost, to: str, *, action: str, reason: str = "") -> None:
    """Give the post its next state and record it. Raises ``Conflict`` when that can't follow."""
    if to not in TeamPost.TRANSITIONS[State(post.state)]:
        raise Conflict(f"This post is not waiting for that: it is {post.get_state_display().lower()}.")
    old = post.state
    post.state = to
    post.save()
    audit.record(
        actor=actor,
        action=action,
        target=post.team,
        old={"post": post.pk, "state": old},
        new={"state": to, **({"reason": reason} if reason else {})},
    )


def tell(post: TeamPost) -> None:
    """Have those hear who should: of what is published its readers, of what waits the captains, else the author."""
    at = timezone.now().isoformat()
    jobs.enqueue("teams.send_post_notification", post_id=post.pk, state=post.state, at=at)


def reason_of(text: str) -> str:
    """Return a reason that its reader can use. Raises ``DomainError``."""
    reason = " ".join(text.replace("\0", "").split())
    if not reason:
        raise DomainError("Say why: the author reads it. For example: “The score is wrong.”", field="reason")
    if len(reason) > REASON_LIMIT:
        raise DomainError(f"A reason has at most {REASON_LIMIT} characters. Yours has {len(reason)}.", field="reason")
    return reason
