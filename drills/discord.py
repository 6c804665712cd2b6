"""A Discord on this machine for drills: it keeps what it takes, and now and then asks for patience or fails."""

import json
import os
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

PORT = "DRILL_DISCORD_PORT"
# Of a hundred messages.
ASKS_FOR_PATIENCE = 5
FAILS = 5


class Discord:
    """Listens on a free port. A message is known by its webhook and its time, which no two of a person share."""

    def __init__(self, seed: int) -> None:
        self.taken: Counter[tuple[int, str]] = Counter()
        self.refused = 0
        self._dice = random.Random(seed)  # noqa: S311 - a drill that can be repeated
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def variables(self) -> dict[str, str]:
        """Return what makes the platform post here. Only the testing environment lets anything stand in for Discord."""
        return {
            PORT: str(self._server.server_address[1]),
            "ENVIRONMENT": "testing",
            "DJANGO_SETTINGS_MODULE": "drills.notifications.settings",
        }

    def answer(self, webhook: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a message or not. Returns status and body."""
        with self._lock:
            roll = self._dice.randrange(100)
            if roll < ASKS_FOR_PATIENCE:
                self.refused += 1
                return 429, {"retry_after": 0.5, "global": False}
            if roll < ASKS_FOR_PATIENCE + FAILS:
                self.refused += 1
                return 500, {}
            self.taken[webhook, body["embeds"][0]["timestamp"]] += 1
            return 200, {"id": "1"}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(discord: Discord) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = discord.answer(int(self.path.split("/")[3]), body)
            try:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())
            except ConnectionError:
                self.close_connection = True  # who asked was killed

        def log_message(self, *args: Any) -> None:
            """Say nothing: the drill counts."""

    return Handler


class _Here(httpx.BaseTransport):
    """Leads a request to the server on this machine. The rest of the client is the real one."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=int(os.environ[PORT]))
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class Connector:
    """What ``DISCORD_CONNECTOR`` names in a drill."""

    def resolve(self, host: str) -> list[str]:
        return ["162.159.128.233"]

    def transport(self) -> httpx.BaseTransport:
        return _Here()
