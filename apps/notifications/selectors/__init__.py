"""What people see of notifications."""

from apps.notifications.constants import PAGE_SIZE
from apps.notifications.selectors.bounces import bounced_address
from apps.notifications.selectors.inbox import (
    LARGEST_ID,
    Page,
    bell_state,
    find,
    last_id,
    menu,
    missed,
    page,
    unread_count,
)
from apps.notifications.selectors.live import Told, live_news
from apps.notifications.selectors.reasons import Reasons, why
from apps.notifications.selectors.webhooks import ChannelRow, webhook_of, webhooks_of

__all__ = [
    "LARGEST_ID",
    "PAGE_SIZE",
    "ChannelRow",
    "Page",
    "Reasons",
    "Told",
    "bell_state",
    "bounced_address",
    "find",
    "last_id",
    "live_news",
    "menu",
    "missed",
    "page",
    "unread_count",
    "webhook_of",
    "webhooks_of",
    "why",
]
