"""Following players."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, events, rate_limit
from apps.core.errors import NotFound
from apps.user_profile import permissions
from apps.user_profile.constants import FOLLOWS_PER_HOUR
from apps.user_profile.events import PlayerFollowed, PlayerUnfollowed
from apps.user_profile.models import Follow, UserProfile


def follow(*, actor: User, profile_id: int) -> bool:
    """Make the actor follow a player. Return whether that is new; following twice changes nothing."""
    rate_limit.check("user_profile.follow", key=str(actor.pk), limit=FOLLOWS_PER_HOUR, seconds=3600)
    with transaction.atomic():
        followed = _get(profile_id)
        permissions.check_follow(actor, followed)
        follower = UserProfile.objects.get(user=actor)
        # The unique constraint decides between two clicks at once; the loser finds the row and is content.
        row, created = Follow.objects.get_or_create(follower=follower, followed=followed)
        if created:
            audit.record(actor=actor, action="profile.followed", target=followed, old={}, new={"follow": row.pk})
            events.publish(PlayerFollowed(follower_id=follower.pk, followed_id=followed.pk))
    return created


def unfollow(*, actor: User, profile_id: int) -> bool:
    """End it. Return whether there was something to end."""
    with transaction.atomic():
        followed = _get(profile_id)
        row = Follow.objects.select_for_update().filter(follower__user_id=actor.pk, followed=followed).first()
        if row is None:
            return False
        audit.record(actor=actor, action="profile.unfollowed", target=followed, old={"follow": row.pk}, new={})
        events.publish(PlayerUnfollowed(follower_id=row.follower_id, followed_id=followed.pk))
        row.delete()
    return True


def _get(profile_id: int) -> UserProfile:
    profile = UserProfile.objects.select_related("user").filter(pk=profile_id).first()
    if profile is None:
        raise NotFound("There is no such player.")
    return profile
