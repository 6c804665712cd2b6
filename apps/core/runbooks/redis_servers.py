"""The Redis servers of this site, asked with a second's patience."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,
    OutOfMemoryError,
    RedisError,
    ResponseError,
)
from redis.exceptions import TimeoutError as RedisTimeout
from redis.retry import Retry

from apps.core.health import readiness
from apps.core.health.checks import PROBE_KEY

PATIENCE = 1.0


@dataclass
class Server:
    """One Redis. ``trouble`` is a sentence, empty when it takes writes; ``facts`` is what it says of itself."""

    roles: list[str]
    url: str
    trouble: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " and ".join(self.roles)


def servers() -> list[Server]:
    """Return each server once, with all that it does here, after asking it."""
    by_url: dict[str, Server] = {}
    for role, url in readiness.redis_urls().items():
        by_url.setdefault(str(url), Server([], str(url))).roles.append(role)
    for server in by_url.values():
        _ask(server)
    return list(by_url.values())


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
    )


def _ask(server: Server) -> None:
    with contextlib.closing(client(server.url)) as line:
        try:
            server.facts = dict(line.info())  # type: ignore[arg-type]  # the type covers the asynchronous client, too
            server.facts["maxmemory_policy"] = server.facts.get("maxmemory_policy", "")
            line.set(PROBE_KEY, "1", ex=60)
        except RedisError as error:
            server.trouble = _in_words(error)


def _in_words(error: RedisError) -> str:
    said = str(error)
    kinds: list[tuple[type[RedisError], str]] = [
        (BusyLoadingError, "is loading its data and opens by itself"),
        (AuthenticationError, "refuses the password in its URL"),
        (RedisTimeout, "accepts connections but does not answer within a second: it hangs"),
        (OutOfMemoryError, "has reached maxmemory and takes no more writes"),
        (ConnectionError, "cannot be reached: it is not running there, or the network is cut"),
    ]
    for kind, sentence in kinds:
        if isinstance(error, kind):
            return sentence
    if isinstance(error, ResponseError) and said.startswith("MISCONF"):
        return "stopped taking writes because it cannot save to its disk (MISCONF): see disk-full"
    if said.startswith("OOM"):
        return "has reached maxmemory and takes no more writes"
    if "readonly" in said.lower():
        return "is a replica and takes no writes"
    return f"answers with {type(error).__name__}"
