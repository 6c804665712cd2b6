"""Calls open WebSockets over to the next release: on SIGUSR1, which ``deploy/release`` sends after the switch."""

import asyncio
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

logger = logging.getLogger(__name__)

# RFC 6455 has 1012 for a restarting service, but Daphne's protocol library lets an application say 1000 and 3000 to
# 4999 only. static/siteui/js/live_socket.js knows it.
CLOSE_COME_BACK = 4012
# Nobody is closed later than that after the signal, and not all at once: each comes back with a handshake and queries.
SHORTEST, LONGEST, PER_SECOND = 2.0, 30.0, 50
# A connection may have been on its way here when the switch came.
LATECOMERS_SECONDS = 10.0

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


class _Sockets:
    """The open sockets of this process, and until when new ones are sent away again."""

    def __init__(self) -> None:
        self.open: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}
        self.send_away_until = 0.0

    def call_over(self) -> int:
        """Ask every open page to come back, spread over some seconds. Returns how many are asked."""
        self.send_away_until = time.monotonic() + LATECOMERS_SECONDS
        spread = min(LONGEST, max(SHORTEST, len(self.open) / PER_SECOND))
        for leaving, loop in list(self.open.items()):
            with suppress(RuntimeError):  # its loop ended
                loop.call_soon_threadsafe(loop.call_later, random.uniform(0, spread), _resolve, leaving)  # noqa: S311 - spreads load, guards nothing
        return len(self.open)


sockets = _Sockets()


def _resolve(leaving: "asyncio.Future[None]") -> None:
    if not leaving.done():
        leaving.set_result(None)


def listen_for_the_signal() -> None:
    """Call the sockets over on SIGUSR1. Outside the main thread, as under the reloader, nothing listens."""
    with suppress(ValueError):
        signal.signal(signal.SIGUSR1, lambda number, frame: _told(sockets.call_over()))


def _told(count: int) -> None:
    logger.info("Another release serves: %d open pages are asked to come back", count)


class ComeBackMiddleware:
    """Outermost around the WebSocket routes. The consumer sees an ordinary disconnect and leaves its groups; then the
    page is told why. What is sent to it meanwhile it asks for when it is back, as after any lost connection.
    """

    def __init__(self, inner: AsgiApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        loop = asyncio.get_running_loop()
        leaving: asyncio.Future[None] = loop.create_future()
        if time.monotonic() < sockets.send_away_until:
            loop.call_later(random.uniform(0, SHORTEST), _resolve, leaving)  # noqa: S311 - as above

        async def receive_or_leave() -> Any:
            message = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({message, leaving}, return_when=asyncio.FIRST_COMPLETED)
                return message.result() if message.done() else {"type": "websocket.disconnect", "code": CLOSE_COME_BACK}
            finally:
                message.cancel()

        sockets.open[leaving] = loop
        try:
            await self.inner(scope, receive_or_leave, send)
        finally:
            del sockets.open[leaving]
        if leaving.done():
            await send({"type": "websocket.close", "code": CLOSE_COME_BACK})
