"""What every WebSocket of the platform does the same: who may connect, how much may come in, and when it ends."""

import json
import logging
import time
from collections.abc import Collection
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.utils import timezone
from django.utils.crypto import constant_time_compare

logger = logging.getLogger(__name__)

# The key of a session and the id of its user.
Login = tuple[str, int]

# Codes of our own begin with 4000 (RFC 6455, 7.4.2). The server refuses to send those below that mean the same.
CLOSE_LOGIN_REQUIRED = 4401
CLOSE_TOO_MANY = 4429
CLOSE_INVALID = 4400
CLOSE_TOO_BIG = 4413
CLOSE_TRY_LATER = 4503


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket of somebody logged in that talks JSON objects with a ``type``.

    Subclasses fill in ``opened``, ``received`` and ``groups_of``. The origin is checked before it comes here
    (``deltacrown.asgi``).
    """

    # A message of a person's browser is small; what is bigger is no browser of ours.
    max_bytes = 4096
    # That many messages may come at once, and then one each ``refill_seconds``.
    burst = 20
    refill_seconds = 1.0

    user: Any = None
    session_key = ""
    _joined: tuple[str, ...] = ()

    def groups_of(self, user: Any, session_key: str) -> list[str]:
        """Return the channel groups that this socket listens to, unless it listens in a way of its own."""
        return []

    async def join(self) -> None:
        """Begin to listen. Raises what the channel layer raises when it is away."""
        for group in self.groups_of(self.user, self.session_key):
            await self.channel_layer.group_add(group, self.channel_name)
            self._joined += (group,)

    async def leave(self) -> None:
        """Listen no more. Also called when ``join`` failed half-way."""
        for group in self._joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def opened(self) -> None:
        """Say hello. The socket is in its groups already, so nothing falls between."""

    async def received(self, message: dict[str, Any]) -> None:
        """Answer a message."""

    async def connect(self) -> None:
        user = self.scope.get("user")
        # Accepted first: a browser is not told the code of a refused handshake, and would try again for ever.
        await self.accept()
        if user is None or not user.is_authenticated or not user.is_active:
            await self.close(CLOSE_LOGIN_REQUIRED)
            return
        self.user = user
        self.session_key = self.scope["session"].session_key or ""
        self._tokens = float(self.burst)
        self._refilled_at = time.monotonic()
        try:
            await self.join()
        except Exception:  # the channel layer's driver decides what it raises
            logger.warning("A socket could not begin to listen.", exc_info=True)
            await self.close(CLOSE_TRY_LATER)
            return
        await self.opened()

    async def disconnect(self, code: int) -> None:
        try:
            await self.leave()
        except Exception:  # the layer forgets the group by itself after its expiry
            logger.info("A closed socket could not leave its groups.", exc_info=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.user is None:
            return
        if len((text_data or "").encode()) + len(bytes_data or b"") > self.max_bytes:
            await self.close(CLOSE_TOO_BIG)
            return
        if not self._take_token():
            await self.close(CLOSE_TOO_MANY)
            return
        try:
            message = json.loads(text_data or "")
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.close(CLOSE_INVALID)
            return
        if not await self.may_stay():
            return
        await self.received(message)

    async def may_stay(self) -> bool:
        """Return whether the login behind this socket still holds; if not, close. Asked before anything is shown."""
        if await database_sync_to_async(login_holds)(self.session_key, self.user.pk):
            return True
        await self.close(CLOSE_LOGIN_REQUIRED)
        return False

    async def session_ended(self, event: dict[str, Any]) -> None:
        """Another process says that this login ended."""
        await self.close(CLOSE_LOGIN_REQUIRED)

    async def send_json(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))

    def _take_token(self) -> bool:
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._refilled_at) / self.refill_seconds)
        self._refilled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def login_holds(session_key: str, user_id: int) -> bool:
    """Return whether the session still belongs to this user and nothing ended it: logout, revocation, a new password,
    deactivation.

    A socket lives for hours with the user it was opened by, so this reads both again.
    """
    return (session_key, user_id) in logins_that_hold([(session_key, user_id)])


def logins_that_hold(logins: Collection[Login]) -> set[Login]:
    """Return which of these logins hold, by two statements for however many."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = store.get_model_class().objects.filter(
        session_key__in={key for key, _ in logins}, expire_date__gt=timezone.now()
    )
    sessions = {row.session_key: store.decode(row.session_data) for row in rows}
    found = get_user_model().objects.filter(pk__in={user for _, user in logins}, is_active=True)
    hashes = {user.pk: user.get_session_auth_hash() for user in found.only("pk", "password")}
    return {(key, user) for key, user in logins if user in hashes and _is_of(sessions.get(key, {}), user, hashes[user])}


def _is_of(session: dict[str, Any], user_id: int, auth_hash: str) -> bool:
    return (
        str(session.get(SESSION_KEY)) == str(user_id)
        and session.get(BACKEND_SESSION_KEY) is not None
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), auth_hash)
    )
