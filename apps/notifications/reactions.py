"""What this app tells about the apps below it, which can't call it: it reacts to their events."""

from apps.notifications import types
from apps.notifications.services import notify
from apps.user_profile.events import PlayerFollowed
from apps.user_profile.models import UserProfile


def tell_who_is_followed(event: PlayerFollowed) -> None:
    """Tell a player who follows them; once per pair, however often that one leaves and comes back."""
    people = UserProfile.objects.select_related("user").in_bulk([event.follower_id, event.followed_id])
    follower, followed = people.get(event.follower_id), people.get(event.followed_id)
    if follower is None or followed is None:
        return
    notify(
        [followed.user_id],
        types.FOLLOWED.code,
        actor=follower.user,
        subject=follower,
        fingerprint=f"{event.follower_id}:{event.followed_id}",
    )
