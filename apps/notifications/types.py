"""The types of this app itself, and of the apps below it."""

from apps.notifications.constants import Channel
from apps.notifications.registry import NotificationType, register

TEST = NotificationType(
    code="notifications.test",
    group="site",
    label="Test notifications",
    title="This is a test notification",
    body="If you see it in the bell without reloading the page, live updates work here.",
    url="/notifications/preferences/",
    action="Open preferences",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
)
FOLLOWED = NotificationType(
    code="notifications.followed",
    group="players",
    label="Someone follows you",
    title="{actor} follows you",
    action="See the profile",
    icon="user-plus",
)


def register_all() -> None:
    register(TEST)
    register(FOLLOWED)
