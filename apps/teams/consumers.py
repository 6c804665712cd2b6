"""The socket behind the team's chat."""

import contextlib
import secrets
from typing import Any

from channels.db import database_sync_to_async

from apps.accounts.models import User
from apps.common.live import CLOSE_INVALID, LiveConsumer
from apps.core.errors import DomainError
from apps.notifications.push import session_group
from apps.teams import chat_push, chat_rendering
from apps.teams.permissions import Standing
from apps.teams.selectors import chat
from apps.teams.services import chat as services

CLOSE_NOT_A_MEMBER = 4403


class ChatConsumer(LiveConsumer):
    """Tells a member's page what is said, who types and who is here. Words are sent by form, not through here.

    Sends ``hello`` (key, revision), ``changes`` (items, revision, more), ``typing`` and ``here`` (key, user, name) and
    ``gone`` (key). Understands ``{"type": "catch_up", "after": revision}``, ``{"type": "read", "number": n}``,
    ``typing`` and ``here``. It remembers the revision that its page knows: a push only wakes it, and what one push
    missed the next one brings.
    """

    max_bytes = 512
    cursor: int | None = None
    standing: Standing
    key = ""

    @property
    def team_id(self) -> int:
        return int(self.scope["url_route"]["kwargs"]["team_id"])

    def groups_of(self, user: Any, session_key: str) -> list[str]:
        return [chat_push.chat_group(self.team_id), session_group(session_key)]

    async def may_stay(self) -> bool:
        """Return whether the login holds and its person is still a member; if not, close."""
        if not await super().may_stay():
            return False
        standing = await database_sync_to_async(chat.standing_of)(self.user.pk, self.team_id)
        if standing is None:
            self.key = ""
            await self.close(CLOSE_NOT_A_MEMBER)
            return False
        self.standing = standing
        return True

    async def opened(self) -> None:
        if not await self.may_stay():
            return
        self.key = secrets.token_hex(6)
        self.name = await database_sync_to_async(_name)(self.user)
        await self.send_json(
            {
                "type": "hello",
                "key": self.key,
                "revision": await database_sync_to_async(chat.revision_of)(self.team_id),
            }
        )
        await self._say("chat.here", asks=True)

    async def received(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "catch_up" and _is_number(message.get("after")):
            self.cursor = message["after"]
            await self._send_changes(answer=True)
        elif kind == "read" and _is_number(message.get("number")):
            await database_sync_to_async(_mark_read)(self.user, self.team_id, message["number"])
        elif kind in {"typing", "here"}:
            await self._say(f"chat.{kind}")
        else:
            await self.close(CLOSE_INVALID)

    async def disconnect(self, code: int) -> None:
        if self.key:
            with contextlib.suppress(Exception):  # the layer is away: others forget this page by themselves
                await self._say("chat.gone")
        await super().disconnect(code)

    async def chat_changed(self, event: dict[str, Any]) -> None:
        if self.cursor is None or event["revision"] <= self.cursor or not await self.may_stay():
            return
        await self._send_changes()

    async def chat_members_changed(self, event: dict[str, Any]) -> None:
        await self.may_stay()

    async def chat_typing(self, event: dict[str, Any]) -> None:
        await self._pass_on("typing", event)

    async def chat_here(self, event: dict[str, Any]) -> None:
        if await self._pass_on("here", event) and event.get("asks"):
            await self._say("chat.here")

    async def chat_gone(self, event: dict[str, Any]) -> None:
        await self._pass_on("gone", event)

    async def _send_changes(self, *, answer: bool = False) -> None:
        """Send what is above the cursor, in portions. An answer is sent even if it is empty: the page waits for it."""
        more = True
        while more:
            told = await database_sync_to_async(_changes)(self.standing, self.cursor)
            self.cursor, more = told["revision"], told["more"]
            if told["items"] or answer:
                await self.send_json({"type": "changes", **told})

    async def _say(self, kind: str, **facts: Any) -> None:
        about = {"key": self.key, "user": self.user.pk, "name": self.name}
        await self.channel_layer.group_send(chat_push.chat_group(self.team_id), {"type": kind, **about, **facts})

    async def _pass_on(self, kind: str, event: dict[str, Any]) -> bool:
        if not self.key or event["key"] == self.key or not await self.may_stay():
            return False
        about = {name: event[name] for name in ("key", "user", "name")}
        await self.send_json({"type": kind, **about})
        return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(user: User) -> str:
    return str(user.profile.display_name)


def _changes(standing: Standing, after: int) -> dict[str, Any]:
    return chat_rendering.told(standing.team, chat.changes(standing, after=after))


def _mark_read(user: User, team_id: int, number: int) -> None:
    try:
        services.mark_read(actor=user, team_id=team_id, number=number)
    except DomainError:
        return  # no longer a member; the next message closes the socket
