"""The types of this app itself, and of the apps below it."""

from apps.notifications import digest_content
from apps.notifications.constants import DIGEST, SITE_OWNER, Channel
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
    bundle="{actor} and {others} follow you",
    bundle_all=True,
    action="See the profile",
    icon="user-plus",
)
ADDRESS_BOUNCED = NotificationType(
    code="notifications.address_bounced",
    group="site",
    label="Your e-mail address does not take mails",
    title="Mails to you come back",
    body="The mail server says that your e-mail address does not exist. Fix your address, and mails reach you again.",
    url="/accounts/email/",
    action="Fix your address",
    icon="triangle-alert",
)
WEBHOOK_OFF = NotificationType(
    code="notifications.webhook_off",
    group="site",
    label="A Discord channel of yours stops working",
    title="{name} gets no more news",
    body="We switched this Discord channel off. {reason} Enter a new webhook to go on.",
    url="{url}",
    action="See the channel",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="triangle-alert",
)
ANNOUNCEMENT = NotificationType(
    code="notifications.announcement",
    group="site",
    label="Announcements",
    title="{title}",
    body="{body}",
    url="{url}",
    action="Read more",
    channels=frozenset({Channel.IN_APP, Channel.EMAIL}),
    icon="megaphone",
    posts_to=SITE_OWNER,
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
    register(ADDRESS_BOUNCED)
    register(WEBHOOK_OFF)
    register(ANNOUNCEMENT)
    register(DAILY_DIGEST)
