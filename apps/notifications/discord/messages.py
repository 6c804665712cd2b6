"""Writes a notification as a Discord message: nobody is mentioned, nothing of it is markup, nothing is too long.

Limits: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

import re
from typing import Any

from django.conf import settings
from django.utils import timezone

from apps.notifications.models import Notification

TITLE_LENGTH = 256
DESCRIPTION_LENGTH = 4096
# The crown's gold.
COLOUR = 0xF2B84B

_MENTION = re.compile(r"@(?=everyone|here)|<(?=[@#!&:/t])", re.IGNORECASE)
# Discord takes a backslash before any of these as "just this character".
_MARKUP = re.compile(r"([\\*_~`|\[\]()<>#:\-])")
_INVISIBLE = "\u200b"


def build(notification: Notification, *, url: str) -> dict[str, Any]:
    """Return the body of the request. ``url`` is the absolute address that the title leads to, or empty."""
    embed: dict[str, Any] = {
        "title": plain(notification.title, limit=TITLE_LENGTH),
        "description": plain(notification.body, limit=DESCRIPTION_LENGTH),
        "color": COLOUR,
        "footer": {"text": notification.group or settings.SITE_NAME},
        "timestamp": notification.created_at.astimezone(timezone.get_default_timezone()).isoformat(),
    }
    if url:
        embed["url"] = url
    return {
        "username": settings.SITE_NAME,
        # Empty means that no text of the message can ping anybody, whatever it holds.
        "allowed_mentions": {"parse": []},
        "embeds": [{name: value for name, value in embed.items() if value != ""}],
    }


def plain(text: str, *, limit: int) -> str:
    """Return the text as Discord shows it word for word: no mention, no markup, at most ``limit`` characters."""
    quiet = _MENTION.sub(lambda found: found.group() + _INVISIBLE, text.replace("\x00", ""))
    pieces = [_MARKUP.sub(r"\\\1", character) for character in quiet[: limit + 1]]
    kept = len(pieces)
    length = sum(map(_length, pieces))
    if length <= limit and len(quiet) <= limit:
        return "".join(pieces)
    while length > limit - 1:
        kept -= 1
        length -= _length(pieces[kept])
    return "".join(pieces[:kept]).rstrip() + "…"


def _length(text: str) -> int:
    """Discord counts as JavaScript does: some characters are two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
