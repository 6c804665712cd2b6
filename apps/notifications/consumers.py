"""The socket behind the bell."""

from typing import Any

from channels.db import database_sync_to_async

from apps.common.live import CLOSE_INVALID, LiveConsumer, Login
from apps.notifications import selectors
from apps.notifications.switchboard import switchboard


class NotificationConsumer(LiveConsumer):
    """Tells a browser what is new, and what it missed while it was away.

    Sends ``hello`` (unread, last_id) and ``catch_up`` (items, next, unread, last_id), and the switchboard through it
    ``notification`` (an item, unread), ``counted`` (unread) and ``ask``, after which the browser catches up.
    Understands ``{"type": "catch_up", "after": id}``.
    """

    # It is told by the switchboard of its process and needs no channel of its own.
    channel_layer_alias = ""

    @property
    def login(self) -> Login:
        return self.session_key, self.user.pk

    async def join(self) -> None:
        await switchboard().join(self)

    async def leave(self) -> None:
        if self.user is not None:
            await switchboard().leave(self)

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
