"""Asking a colour on its sockets, and the site through nginx, as a visitor would."""

import base64
import http.client
import json
import os
import re
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation

SECONDS = 20.0
LOGIN_REQUIRED = 4401
STATIC = re.compile(rb'(?:href|src)="(/static/[^"]+\.[0-9a-f]{12}\.(?:css|js))"')


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(self.path))


def colour(site: Installation, path: Path, address: str) -> Answer:
    """Ask a colour for ``address`` on the socket ``path``, as nginx would."""
    return _ask(_OverSocket(path), address, {"Host": host(site), "X-Forwarded-Proto": "https"})


def site_itself(site: Installation, address: str) -> Answer:
    """Ask nginx of this machine. The certificate may be our own, and is not what is asked for here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line = http.client.HTTPSConnection("127.0.0.1", site.https_port, timeout=SECONDS, context=context)
    return _ask(line, address, {"Host": host(site)})


def host(site: Installation) -> str:
    return site.host if site.https_port == 443 else f"{site.host}:{site.https_port}"


def _ask(line: http.client.HTTPConnection, address: str, headers: dict[str, str]) -> Answer:
    try:
        line.request("GET", address, headers=headers)
        response = line.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise DeployError(f"{address} is not answered: {type(error).__name__} {error}".rstrip() + ".") from None
    finally:
        line.close()


def close_code(site: Installation, path: Path) -> int:
    """Open the bell's WebSocket without a login, and return the code that it is closed with."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(SECONDS)
        try:
            line.connect(str(path))
            line.sendall(_handshake(site))
            head, received = _head(line)
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise DeployError(f"A WebSocket is answered with {head.splitlines()[0].decode(errors='replace')!r}.")
            while len(received) < 4:
                more = line.recv(1024)
                if not more:
                    raise DeployError("A WebSocket ended without a close frame.")
                received += more
        except OSError as error:
            raise DeployError(f"WebSockets are not answered: {type(error).__name__} {error}.") from None
    return int.from_bytes(received[2:4])


def _handshake(site: Installation) -> bytes:
    origin = f"https://{host(site)}"
    lines = (
        "GET /ws/notifications/ HTTP/1.1",
        f"Host: {host(site)}",
        f"Origin: {origin}",
        "X-Forwarded-Proto: https",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def _head(line: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        more = line.recv(4096)
        if not more:
            raise DeployError("A WebSocket's handshake was not answered.")
        received += more
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest
