"""Visitors: requests over kept connections, and open pages with a WebSocket that behave as our own script does."""

import asyncio
import base64
import json
import os
import random
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from drills.deploy.ground import HOST

COME_BACK = 4012
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
BEAT_SECONDS = 20.0
Heard = dict[str, Any]


@cache
def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@dataclass
class Counts:
    """What the visitors saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    stale: int = 0  # kept connections that the server had closed before the request; a browser asks again by itself

    def begin_again(self) -> None:
        """Forget what was seen so far."""
        self.statuses.clear()
        self.errors.clear()
        self.milliseconds.clear()
        self.stale = 0

    def figures(self, seconds: float) -> dict[str, Any]:
        waits = sorted(self.milliseconds)
        return {
            "requests": sum(self.statuses.values()),
            "per_second": round(sum(self.statuses.values()) / seconds, 1),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "5xx": sum(count for status, count in self.statuses.items() if status >= 500),
            "connection_errors": sum(self.errors.values()),
            "error_kinds": dict(self.errors),
            "closed_between_requests": self.stale,
            "ms_median": round(waits[len(waits) // 2]) if waits else None,
            "ms_p99": round(waits[int(len(waits) * 0.99)]) if waits else None,
            "ms_longest": round(waits[-1]) if waits else None,
        }


async def visitor(port: int, addresses: list[str], counts: Counts, end: asyncio.Event, per_second: float) -> None:
    """Ask for pages at a pace, over one connection as long as the server keeps it. Who waited long makes up for it."""
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    due = time.monotonic()
    while not end.is_set():
        due += 1 / per_second
        began = time.monotonic()
        try:
            fresh = writer is None
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting(), server_hostname=HOST)
            address = random.choice(addresses)  # noqa: S311 - load
            writer.write(f"GET {address} HTTP/1.1\r\nHost: {HOST}:{port}\r\nAccept: text/html\r\n\r\n".encode())
            status, keeps = await _answer(reader)
            counts.statuses[status] += 1
            counts.milliseconds.append((time.monotonic() - began) * 1000)
            if not keeps:
                writer.close()
                reader = writer = None
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            if not fresh and isinstance(error, asyncio.IncompleteReadError) and not error.partial:
                counts.stale += 1
            else:
                counts.errors[type(error).__name__] += 1
            reader = writer = None
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "transfer-encoding: chunked" in head:
        while size := int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readuntil(b"\r\n")
    elif "content-length: " in head:
        await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))
    return status, "connection: close" not in head


@dataclass
class Page:
    """One open page of somebody logged in. It knows each notification once, as the bell does."""

    port: int
    user_id: int
    session: str
    known: set[int] = field(default_factory=set)
    repeated: int = 0
    returns: Counter[int] = field(default_factory=Counter)  # by close code
    away: list[float] = field(default_factory=list)  # seconds from a close to the next greeting
    first: int | None = None
    last: int | None = None
    failures: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # why a line could not be opened or broke

    async def live(self, end: asyncio.Event) -> None:
        closed_at: float | None = None
        while not end.is_set():
            code = 1006
            try:
                code = await self._until_closed(closed_at, end)
            except (OSError, asyncio.IncompleteReadError) as error:
                self.failures += 1
                self.refused[str(error) if type(error) is ConnectionError else type(error).__name__] += 1
            if end.is_set():
                return
            self.returns[code] += 1
            closed_at = time.monotonic()
            called_over = code == COME_BACK and self.failures == 0
            pause = 0.25 if called_over else min(30, 2 ** max(0, self.failures - 1))
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - load

    async def _until_closed(self, closed_at: float | None, end: asyncio.Event) -> int:
        reader, writer = await self._open()
        beat = asyncio.create_task(self._beat(writer))
        try:
            while not end.is_set():
                kind, payload = await _frame(reader)
                if kind == CLOSE:
                    return int.from_bytes(payload[:2]) if payload else 1005
                if kind == PING:
                    writer.write(_masked(PONG, payload))
                elif kind == TEXT:
                    self._hear(json.loads(payload), writer, closed_at)
            return 1000
        finally:
            beat.cancel()
            writer.close()

    async def _beat(self, writer: asyncio.StreamWriter) -> None:
        """Ask now and then, as the bell does. Beside the reading: a frame that is cut in two must not be lost."""
        while True:
            await asyncio.sleep(BEAT_SECONDS * random.uniform(0.75, 1.25))  # noqa: S311 - load
            if self.last is not None:
                self._ask(writer)

    def _hear(self, message: Heard, writer: asyncio.StreamWriter, closed_at: float | None) -> None:
        if message["type"] == "hello":
            self.failures = 0
            if self.last is None:
                self.first = self.last = message["last_id"]
            if closed_at is not None:
                self.away.append(time.monotonic() - closed_at)
            self._ask(writer)
        elif message["type"] == "notification":
            self._learn([message])
        elif message["type"] == "catch_up":
            self._learn(message["items"])
            if message["next"]:
                self._ask(writer, after=message["next"], continued=True)

    def _learn(self, items: list[Heard]) -> None:
        for item in items:
            self.repeated += item["id"] in self.known
            self.known.add(item["id"])
            self.last = max(self.last or 0, item["id"])

    def _ask(self, writer: asyncio.StreamWriter, *, after: int | None = None, continued: bool = False) -> None:
        asking = {"type": "catch_up", "after": after or self.last or 0, "continued": continued}
        writer.write(_masked(TEXT, json.dumps(asking).encode()))

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=trusting(), server_hostname=HOST)
        lines = (
            "GET /ws/notifications/ HTTP/1.1",
            f"Host: {HOST}:{self.port}",
            f"Origin: https://{HOST}:{self.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: sessionid={self.session}",
        )
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            writer.close()
            raise ConnectionError(head.split(b"\r\n")[0].decode())
        return reader, writer


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size == 126:
        size = int.from_bytes(await reader.readexactly(2))
    elif size == 127:
        size = int.from_bytes(await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(size)


def _masked(kind: int, payload: bytes) -> bytes:
    mask = os.urandom(4)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + len(payload).to_bytes(2)
    return bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
