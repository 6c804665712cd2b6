"""A Discord on this machine: real HTTP on a loopback port. It answers what it is told to, and keeps what it gets."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

TOKEN = "AbCdEfGh" * 8 + "1234"
URL = f"https://discord.com/api/webhooks/123456789012345678/{TOKEN}"


def url(number: int = 0) -> str:
    return f"https://discord.com/api/webhooks/{123456789012345678 + number}/{TOKEN}"


@dataclass
class Reply:
    status: int = 200
    body: Any = field(default_factory=lambda: {"id": "1"})
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class FakeDiscord:
    """``reply`` decides about each message; ``addresses`` is what the name discord.com resolves to."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.reply: Callable[[Got], Reply | None] = lambda got: Reply()
        self.addresses: list[str] | OSError = ["162.159.128.233"]
        self.connected_to: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def _handler(discord: FakeDiscord) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"]))
            got = Got(self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(text))
            discord.got.append(got)
            reply = discord.reply(got)
            if reply is None:  # the line breaks after the message arrived
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode())

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


class _Loopback(httpx.BaseTransport):
    """Leads a request to the server on this machine. The rest of the client is the real one."""

    def __init__(self, discord: FakeDiscord) -> None:
        self.discord = discord
        self.inner = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.discord.connected_to.append(request.url.host)
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.discord.port)
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


running: list[FakeDiscord] = []


class Connector:
    """What ``DISCORD_CONNECTOR`` names in these tests."""

    def resolve(self, host: str) -> list[str]:
        assert host == "discord.com"
        if isinstance(running[-1].addresses, OSError):
            raise running[-1].addresses
        return running[-1].addresses

    def transport(self) -> httpx.BaseTransport:
        return _Loopback(running[-1])


class Nowhere:
    """What ``DISCORD_CONNECTOR`` names in all other tests: there is no internet."""

    def resolve(self, host: str) -> list[str]:
        raise OSError("no internet")

    def transport(self) -> httpx.BaseTransport:
        raise AssertionError("nothing was resolved, so nothing is connected to")


def served() -> Iterator[FakeDiscord]:
    discord = FakeDiscord()
    running.append(discord)
    try:
        yield discord
    finally:
        running.remove(discord)
        discord.stop()
