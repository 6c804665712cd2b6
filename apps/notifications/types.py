"""The types of this app itself."""

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


def register_all() -> None:
    register(TEST)
