"""The types of this app itself, and of the apps below it."""

from apps.notifications import digest_content
from apps.notifications.constants import DIGEST, Channel
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
DAILY_DIGEST = NotificationType(
    code=DIGEST,
    group="site",
    label="Daily digest",
    title="Your daily digest: {news}",
    url="/notifications/?show=unread",
    action="Read them all",
    channels=frozenset({Channel.EMAIL}),
    mail_template="notifications/email/digest",
    mail_words=digest_content.words,
    outdated=digest_content.outdated,
)


def register_all() -> None:
    register(TEST)
    register(FOLLOWED)
    register(DAILY_DIGEST)
