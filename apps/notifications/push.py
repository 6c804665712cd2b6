"""Tells open browsers that something happened. Carries ids only: what a person may see is read when it is shown."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from apps.notifications.constants import PUSH_TIMEOUT_SECONDS

logger = logging.getLogger(__name__)


def user_group(user_id: int) -> str:
    """Return the channel group of all open pages of one person."""
    return f"notifications.user.{user_id}"


def session_group(session_key: str) -> str:
    """Return the channel group of one login. The key itself is a secret and stays out of the channel layer."""
    return f"notifications.session.{hashlib.sha256(session_key.encode()).hexdigest()[:32]}"


def created(recipients: Mapping[int, int]) -> bool:
    """Tell of new notifications, given as ``{notification id: user id}``."""
    return send(
        [(user_group(user), {"type": "notification.created", "id": pk}) for pk, user in sorted(recipients.items())]
    )


def read_state_changed(user_id: int) -> bool:
    """Tell the person's other tabs to count again."""
    return send([(user_group(user_id), {"type": "notification.counted"})])


def session_ended(session_key: str) -> bool:
    """Tell the pages of one login to close their sockets."""
    return send([(session_group(session_key), {"type": "session.ended"})])


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
