"""How a connection to Discord comes about. The tests bring a connector of their own; nothing else can."""

import socket
import ssl
from functools import cache
from typing import Protocol

import httpx
from django.conf import settings
from django.utils.module_loading import import_string


class Connector(Protocol):
    def resolve(self, host: str) -> list[str]:
        """Return all addresses of the host. Raises ``OSError``."""

    def transport(self) -> httpx.BaseTransport:
        """Return what opens the connection and speaks HTTP over it."""


class Internet:
    """The real thing: the system's resolver, and TLS with the certificates of the public authorities."""

    def resolve(self, host: str) -> list[str]:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    def transport(self) -> httpx.BaseTransport:
        # Neither proxies nor certificates from the environment: where this connects to is decided here.
        return httpx.HTTPTransport(verify=_tls(), http2=False, retries=0, trust_env=False)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def connector() -> Connector:
    """Return the connector of this process: outside of tests always the real one, whatever the settings say."""
    if settings.ENVIRONMENT == "testing" and settings.DISCORD_CONNECTOR:
        made: Connector = import_string(settings.DISCORD_CONNECTOR)()
        return made
    return Internet()
