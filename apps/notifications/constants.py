"""Words of the notification system that code, database and pages share."""

from django.db import models


class Channel(models.TextChoices):
    """A way to reach somebody."""

    IN_APP = "in_app", "On the site"
    EMAIL = "email", "E-mail"
    DISCORD = "discord", "Discord"


class WebhookKind(models.TextChoices):
    """Whose Discord channel it is."""

    SITE = "site", "The site's"
    TEAM = "team", "A team's"
    PERSONAL = "personal", "A person's"


class DeliveryState(models.TextChoices):
    """Where one delivery stands. ``docs/notifications.md`` draws the arrows."""

    PENDING = "pending", "Waiting"
    # A process works on it, and the other side has nothing yet.
    CLAIMED = "claimed", "Connecting"
    # From here on the other side may have it.
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Not wanted"
    # The process died between handing the message over and writing that down.
    UNKNOWN = "unknown", "Unclear"


# The type of the daily digest. It has a switch and an hour of its own.
DIGEST = "notifications.digest"
# What one digest shows; the rest is said as a number.
DIGEST_SHOWN = 50
# People of one transaction.
DIGEST_BATCH = 1_000
# Mails of one job, whose content is read by one statement.
DIGEST_PORTION = 100
# A portion that takes longer leaves the rest to another job; content that is older is read again.
DIGEST_PORTION_SECONDS = 300
DIGEST_CONTENT_SECONDS = 60
# How often the schedule looks for digests that are due: some zones are a quarter of an hour off.
DIGEST_RUN_MINUTES = 15
# A digest ends this much before it is made: a row that is older but not committed yet would fall between two.
DIGEST_LAG_SECONDS = 300
# The first digest looks back at most this far.
DIGEST_FIRST_DAYS = 7

# A claim this old belongs to a process that is gone: it is twice the time one SMTP conversation may take.
CLAIM_SECONDS = 120
# An SMTP conversation that takes longer is given up.
SMTP_TIMEOUT_SECONDS = 30
# Tries of one delivery before it is listed as failed.
MAX_ATTEMPTS = 6

# Read, or mailed only and never shown in the list.
KEPT_DAYS_READ = 90
KEPT_DAYS_UNREAD = 365

# Badge and count stop here: "99+" tells as much and costs a bounded scan.
UNREAD_CAP = 100
# What the menu under the bell shows.
MENU_SIZE = 10
PAGE_SIZE = 25
# One answer to a browser that catches up.
CATCH_UP_SIZE = 50
# A row with a lower id may commit after one with a higher id. A browser that catches up gets this much before
# the last one it knows, so that no transaction shorter than this is ever missed.
CATCH_UP_OVERLAP_SECONDS = 300

# People pushed to right after the commit, by one message; more are pushed by a job.
PUSH_IN_REQUEST = 500
# All of one push together; a channel layer that hangs must not hold the request longer.
PUSH_TIMEOUT_SECONDS = 1.0
# People whom one job of a batch tells.
BATCH_CHUNK = 1_000
# Messages of a chatty kind wait so long for what comes after them.
BUNDLE_MAIL_MINUTES = 10
# People whom one bundle remembers; beyond, it counts no more.
BUNDLE_ACTORS = 500
# From so many messages on, a call's mails wait behind those that are meant for one person.
BULK_FROM = 50
# Recipients written by one statement.
RECIPIENT_CHUNK = 2_000

# How the site's own Discord channels name their owner; all others are named like ``teams.team:12``.
SITE_OWNER = "site"
# Discord channels that one team may have, and the site.
WEBHOOKS_PER_OWNER = 5
# Discord takes five messages of a webhook in two seconds, and thirty a minute.
DISCORD_PER_MINUTE = 30
DISCORD_AT_ONCE = 5
# The clock that all webhooks share: when Discord asks for silence everywhere, it is kept here.
DISCORD_EVERYWHERE = "discord"
# A message that could not go for this long is listed as failed.
LONGEST_WAIT_HOURS = 24
