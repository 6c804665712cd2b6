"""A Discord on this machine that takes every message, and the way to it through the drill's line."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx


class Discord:
    """Counts what it gets."""

    def __init__(self) -> None:
        got: list[dict[str, Any]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"id": "1"}')

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.got = got
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = int(self.server.server_address[1])
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class _Line(httpx.BaseTransport):
    def __init__(self) -> None:
        self.inner = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=int(os.environ["DRILL_DISCORD_PORT"]))
        return self.inner.handle_request(request)

    def close(self) -> None:
        self.inner.close()


class ThroughTheLine:
    """What ``DISCORD_CONNECTOR`` names: the real client, led to this machine."""

    def resolve(self, host: str) -> list[str]:
        return ["162.159.128.233"]

    def transport(self) -> httpx.BaseTransport:
        return _Line()
