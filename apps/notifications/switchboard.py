"""All open pages of this process, told together.

One subscription to the channel layer serves every page, and what comes while a round is read and sent waits for the
next round. So five hundred pages that get news at once cost the statements of one.
"""

import asyncio
import json
import logging
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from apps.common.live import CLOSE_LOGIN_REQUIRED, Login, logins_that_hold
from apps.notifications import push, selectors

logger = logging.getLogger(__name__)

# A channel layer that lost its memory has lost our subscription: it is renewed so often.
RENEW_SECONDS = 20.0
# How long a layer that is away is left alone.
RETRY_SECONDS = 1.0
# What was told to stop is told again after it.
STOP_SECONDS = 0.5
# After so many pages others get their turn.
PAGES_AT_ONCE = 50


class Page(Protocol):
    """What the switchboard needs of a socket."""

    login: Login

    async def send(self, *, text_data: str) -> None: ...
    async def close(self, code: int) -> None: ...


class LayerAwayError(Exception):
    """The channel layer does not answer: a page that opened now would hear nothing."""


class Switchboard:
    """The pages of one event loop, by person."""

    def __init__(self) -> None:
        self._pages: dict[int, set[Page]] = {}
        self._created: dict[int, set[int]] = {}
        self._counted: set[int] = set()
        self._ended: set[str] = set()
        self._something = asyncio.Event()
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._hears = False

    async def join(self, page: Page) -> None:
        """Have a page told from now on.

        Raises:
            Exception: What the channel layer raises when it is away.
        """
        async with self._starting:
            if not self._tasks or any(task.done() for task in self._tasks):
                await self._stop()
                await self._start()
                await self._have_all_ask()
        if not self._hears:
            raise LayerAwayError
        self._pages.setdefault(page.login[1], set()).add(page)

    async def leave(self, page: Page) -> None:
        """Tell a page nothing more. The last one ends the subscription."""
        mine = self._pages.get(page.login[1], set())
        mine.discard(page)
        if not mine:
            self._pages.pop(page.login[1], None)
        async with self._starting:
            if not self._pages:
                await self._stop()

    async def _start(self) -> None:
        self._layer = get_channel_layer()
        self._channel = await self._layer.new_channel()
        await self._layer.group_add(push.EVERYWHERE, self._channel)
        self._hears = True
        self._tasks = [asyncio.create_task(work()) for work in (self._listen, self._renew, self._tell)]

    async def _stop(self) -> None:
        # Forgotten first: who stops may be cancelled in the midst of it, and the next page must not count on the dead.
        tasks, self._tasks = self._tasks, []
        waiting = set(tasks)
        while waiting:
            for task in waiting:
                task.cancel()  # again and again: a driver that fails at that moment raises something else instead
            _, waiting = await asyncio.wait(waiting, timeout=STOP_SECONDS)
        if tasks:
            await self._layer.group_discard(push.EVERYWHERE, self._channel)

    async def _listen(self) -> None:
        while True:
            try:
                if not self._hears:
                    await self._layer.group_add(push.EVERYWHERE, self._channel)
                    self._hears = True
                    await self._have_all_ask()
                self._take(await self._layer.receive(self._channel))
            except Exception:  # the channel layer's driver decides what it raises
                if self._hears:
                    logger.warning("The channel layer is away; open pages ask for what they miss.", exc_info=True)
                self._hears = False
                await asyncio.sleep(RETRY_SECONDS)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                await self._layer.group_add(push.EVERYWHERE, self._channel)
            except Exception:  # as above; who listens notices by itself
                logger.info("Could not renew the subscription of the open pages.", exc_info=True)

    def _take(self, message: dict[str, Any]) -> None:
        for pk, user in message.get("created", ()):
            self._created.setdefault(user, set()).add(pk)
        self._counted.update(message.get("counted", ()))
        self._ended.update(message.get("ended", ()))
        self._something.set()

    async def _tell(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            created, self._created = self._created, {}
            counted, self._counted = self._counted, set()
            ended, self._ended = self._ended, set()
            try:
                if ended:
                    await self._end(ended)
                here = {user: created.get(user, ()) for user in (created.keys() | counted) & self._pages.keys()}
                if here:
                    await self._tell_people(here)
            except Exception:  # one round that fails must not silence all that follow; its pages ask
                logger.exception("Open pages could not be told.")

    async def _end(self, names: set[str]) -> None:
        for page in self._all():
            if push.name_of(page.login[0]) in names:
                await page.close(CLOSE_LOGIN_REQUIRED)

    async def _tell_people(self, news: dict[int, Any]) -> None:
        pages = [page for user in news for page in self._pages.get(user, ())]
        holding, told = await database_sync_to_async(_read)([page.login for page in pages], news)
        frames = {user: _frames(what) for user, what in told.items()}
        for number, page in enumerate(pages, 1):
            if page.login not in holding:
                await page.close(CLOSE_LOGIN_REQUIRED)
                continue
            for text in frames.get(page.login[1], ()):
                await page.send(text_data=text)
            if number % PAGES_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _have_all_ask(self) -> None:
        text = json.dumps({"type": "ask"})
        for page in self._all():
            await page.send(text_data=text)

    def _all(self) -> list[Page]:
        return [page for pages in self._pages.values() for page in pages]


def _read(logins: list[Login], news: dict[int, Any]) -> tuple[set[Login], dict[int, selectors.Told]]:
    return logins_that_hold(logins), selectors.live_news(news)


def _frames(told: selectors.Told) -> list[str]:
    """Return what a page is sent: its news, or how many are unread when there is nothing to show."""
    news = [json.dumps({"type": "notification", **item, "unread": told.unread}) for item in told.items]
    return news or [json.dumps({"type": "counted", "unread": told.unread})]


_switchboards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """Return the switchboard of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _switchboards:
        _switchboards[loop] = Switchboard()
    return _switchboards[loop]
