"""Many WebSockets in one process: enough of RFC 6455 to shake hands, read text and answer pings."""

import asyncio
import base64
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
SHORT, LONG = 126, 127
HANDSHAKE_SECONDS = 120.0


@dataclass
class Page:
    """One open page: what it got, and when by this process's clock."""

    port: int
    session: str
    got: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    closed: bool = False
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Shake hands and wait for the greeting."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            "GET /ws/notifications/ HTTP/1.1",
            "Host: localhost",
            "Origin: http://localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Cookie: sessionid={self.session}",
        )
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.decode(errors="replace"))
            self._reading = asyncio.create_task(self._read(reader))
            while not self.of_type("hello"):
                if self.closed:
                    raise ConnectionError("closed before the greeting")
                await asyncio.sleep(0.01)

    def of_type(self, name: str) -> list[tuple[float, dict[str, Any]]]:
        """Return the messages of one type, with their times."""
        return [(at, message) for at, message in self.got if message["type"] == name]

    def news(self) -> int:
        """Return how many notifications came."""
        return len(self.of_type("notification"))

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                kind, payload = await _frame(reader)
                if kind == TEXT:
                    self.got.append((time.time(), json.loads(payload)))
                elif kind == PING and self._writer is not None:
                    self._writer.write(_masked(PONG, payload))
                elif kind == CLOSE:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.closed = True


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 0x7F
    if size == SHORT:
        size = int.from_bytes(await reader.readexactly(2))
    elif size == LONG:
        size = int.from_bytes(await reader.readexactly(8))
    return first & 0x0F, await reader.readexactly(size)


def _masked(kind: int, payload: bytes) -> bytes:
    mask = os.urandom(4)
    body = bytes(byte ^ mask[number % 4] for number, byte in enumerate(payload))
    return bytes([0x80 | kind, 0x80 | len(payload)]) + mask + body
