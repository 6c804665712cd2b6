"""The socket behind the bell."""

from typing import Any

from channels.db import database_sync_to_async

from apps.common.live import CLOSE_INVALID, LiveConsumer
from apps.notifications import push, selectors


class NotificationConsumer(LiveConsumer):
    """Tells a browser what is new, and what it missed while it was away.

    Sends ``hello`` (unread, last_id), ``notification`` (an item, unread), ``counted`` (unread) and ``catch_up`` (items,
    next, unread, last_id). Understands ``{"type": "catch_up", "after": id}``.
    """

    def groups_of(self, user: Any, session_key: str) -> list[str]:
        return [push.user_group(user.pk), push.session_group(session_key)]

    async def opened(self) -> None:
        await self.send_json({"type": "hello", **await database_sync_to_async(selectors.bell_state)(self.user)})

    async def received(self, message: dict[str, Any]) -> None:
        after = message.get("after")
        if message["type"] != "catch_up" or not isinstance(after, int) or isinstance(after, bool):
            await self.close(CLOSE_INVALID)
            return
        answer = await database_sync_to_async(selectors.missed)(
            self.user, after=after, continued=message.get("continued") is True
        )
        await self.send_json({"type": "catch_up", **answer})

    async def notification_created(self, event: dict[str, Any]) -> None:
        if not await self.may_stay():
            return
        item, unread = await database_sync_to_async(selectors.live_item)(self.user, event["id"])
        if item is not None:
            await self.send_json({"type": "notification", **item, "unread": unread})

    async def notification_counted(self, event: dict[str, Any]) -> None:
        if not await self.may_stay():
            return
        await self.send_json(
            {"type": "counted", "unread": await database_sync_to_async(selectors.unread_count)(self.user)}
        )
