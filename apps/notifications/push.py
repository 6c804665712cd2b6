"""Tells open browsers that something happened. Carries ids only: what a person may see is read when it is shown."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from apps.notifications.constants import PUSH_TIMEOUT_SECONDS

logger = logging.getLogger(__name__)


# What every process with open pages listens to. One message however many people it is for: who has a page open where is
# known there (``switchboard``).
EVERYWHERE = "notifications.everywhere"


def session_group(session_key: str) -> str:
    """Return the channel group of one login. The key itself is a secret and stays out of the channel layer."""
    return f"notifications.session.{name_of(session_key)}"


def name_of(session_key: str) -> str:
    """Return what a login is called between processes."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def created(recipients: Mapping[int, int]) -> bool:
    """Tell of new notifications, given as ``{notification id: user id}``."""
    return bool(recipients) and _everywhere(created=sorted(recipients.items()))


def read_state_changed(user_id: int) -> bool:
    """Tell the person's other tabs to count again."""
    return _everywhere(counted=[user_id])


def session_ended(session_key: str) -> bool:
    """Tell the pages of one login to close their sockets."""
    return send([_message(ended=[name_of(session_key)]), (session_group(session_key), {"type": "session.ended"})])


def _everywhere(**news: Sequence[Any]) -> bool:
    return send([_message(**news)])


def _message(**news: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    return EVERYWHERE, {"type": "news", **news}


def send(messages: list[tuple[str, dict[str, Any]]]) -> bool:
    """Send to groups, within ``PUSH_TIMEOUT_SECONDS`` for all of them together.

    Never raises: what is pushed is also in the database, and a browser that missed it asks for it. Returns whether
    everything was handed to the channel layer.
    """
    layer = get_channel_layer()
    if layer is None or not messages:
        return False

    async def send_all() -> None:
        async with asyncio.timeout(PUSH_TIMEOUT_SECONDS):
            for group, message in messages:
                await layer.group_send(group, message)

    try:
        async_to_sync(send_all)()
    except Exception:  # the channel layer's driver decides what it raises
        logger.warning("Could not push %d live messages; browsers will catch up.", len(messages), exc_info=True)
        return False
    return True
