"""A page with an open socket is called over to the next release, after its consumer has left its groups."""

import asyncio
import time
from typing import Any

import pytest

from apps.core.middleware import come_back
from apps.core.middleware.come_back import CLOSE_COME_BACK, ComeBackMiddleware


@pytest.fixture(autouse=True)
def sockets(monkeypatch: pytest.MonkeyPatch) -> come_back._Sockets:
    monkeypatch.setattr(come_back, "SHORTEST", 0.01)
    fresh = come_back._Sockets()
    monkeypatch.setattr(come_back, "sockets", fresh)
    return fresh


class Socket:
    """A server with one open socket and a consumer that notes what it hears."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard: list[dict[str, Any]] = []
        self.sent: list[dict[str, Any]] = []

    async def consume(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            self.heard.append(message)
            if message["type"] == "websocket.disconnect":
                return

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def open(self) -> "asyncio.Task[None]":
        return asyncio.ensure_future(ComeBackMiddleware(self.consume)({}, self.inbox.get, self.send))


@pytest.mark.asyncio
async def test_open_sockets_are_closed_with_the_code_that_the_page_knows(sockets: come_back._Sockets) -> None:
    socket = Socket()
    life = socket.open()
    await socket.inbox.put({"type": "websocket.receive", "text": "before"})
    while len(socket.heard) < 1:
        await asyncio.sleep(0)
    assert sockets.call_over() == 1
    await asyncio.wait_for(life, 10)
    assert [message["type"] for message in socket.heard] == ["websocket.receive", "websocket.disconnect"]
    assert socket.sent == [{"type": "websocket.close", "code": CLOSE_COME_BACK}]
    assert sockets.open == {}


@pytest.mark.asyncio
async def test_what_arrived_before_the_call_is_still_heard(sockets: come_back._Sockets) -> None:
    socket = Socket()
    life = socket.open()
    await asyncio.sleep(0)
    sockets.call_over()
    await socket.inbox.put({"type": "websocket.receive", "text": "in time"})
    await asyncio.wait_for(life, 10)
    assert socket.heard[0]["text"] == "in time"


@pytest.mark.asyncio
async def test_a_latecomer_of_the_switch_is_sent_on_and_nobody_after_it(sockets: come_back._Sockets) -> None:
    sockets.call_over()
    late = Socket()
    await asyncio.wait_for(late.open(), 10)
    assert late.sent == [{"type": "websocket.close", "code": CLOSE_COME_BACK}]
    sockets.send_away_until = time.monotonic() - 1  # this release serves again, as after a rollback
    stays = Socket()
    life = stays.open()
    await stays.inbox.put({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(life, 10)
    assert stays.sent == []


@pytest.mark.asyncio
async def test_a_page_that_leaves_by_itself_is_told_nothing(sockets: come_back._Sockets) -> None:
    socket = Socket()
    life = socket.open()
    await socket.inbox.put({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait_for(life, 10)
    assert socket.sent == []
    assert sockets.call_over() == 0
