"""The Redis cache that a page survives without."""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import ConnectionPool
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUIET_SECONDS = 30.0

# Limits on logins, and that a one-time code is used once. Empty answers would either stop every login or let anyone
# guess without end, so while Redis is away each process counts them alone.
COUNTED_ALONE = ("allauth:", "allauth.")


_AWAY = object()


class SharedPoolClient(RedisCacheClient):
    """Takes its connections from one pool of the process.

    Django makes a cache for each thread and, under ASGI, for each socket and request, each with a pool of its own. So
    every open WebSocket held two connections to Redis and 60 KB for as long as it lived.
    """

    # The stubs know none of these three.
    _servers: list[str]
    _pool_options: dict[str, Any]
    _pool_class: type[ConnectionPool]
    _shared: ClassVar[dict[str, ConnectionPool]] = {}

    def _get_connection_pool(self, write: bool) -> ConnectionPool:
        index = self._get_connection_pool_index(write)  # type: ignore[attr-defined]  # nor this one
        server = self._servers[index]
        options = sorted(self._pool_options.items(), key=lambda option: option[0])
        # Two threads may both make one; both work, and the first is kept.
        return self._shared.get(f"{server} {options}") or self._shared.setdefault(
            f"{server} {options}", self._pool_class.from_url(server, **self._pool_options)
        )


class FailOpenRedisCache(RedisCache):
    """Answers as an empty cache while Redis is away, within its short socket timeouts, and logs that twice a minute.

    What must not be lost is never kept in the cache, so a miss costs time and nothing else.
    """

    _quiet_until = 0.0
    _alone = LocMemCache("while-redis-is-away", {})

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SharedPoolClient

    def _open(self, call: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return call()
        except (RedisError, OSError) as error:
            now = time.monotonic()
            if now >= FailOpenRedisCache._quiet_until:
                FailOpenRedisCache._quiet_until = now + QUIET_SECONDS
                logger.warning("cache.unavailable", extra={"error": type(error).__name__})
            return otherwise

    def _open_for(self, key: Any, call: Callable[[], Any], alone: Callable[[], Any], otherwise: Any) -> Any:
        if not str(key).startswith(COUNTED_ALONE):
            return self._open(call, otherwise)
        answer = self._open(call, _AWAY)
        return alone() if answer is _AWAY else answer

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        """Return False when Redis is away: nobody holds what could not be stored."""
        return bool(
            self._open_for(
                key,
                lambda: super(FailOpenRedisCache, self).add(key, *args, **kwargs),
                lambda: self._alone.add(key, *args, **kwargs),
                False,
            )
        )

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._open_for(
            key,
            lambda: super(FailOpenRedisCache, self).get(key, default, version),
            lambda: self._alone.get(key, default, version),
            default,
        )

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self._open_for(
            key,
            lambda: super(FailOpenRedisCache, self).set(key, *args, **kwargs),
            lambda: self._alone.set(key, *args, **kwargs),
            None,
        )

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._open(lambda: super(FailOpenRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(
            self._open_for(
                key,
                lambda: super(FailOpenRedisCache, self).delete(key, *args, **kwargs),
                lambda: self._alone.delete(key, *args, **kwargs),
                False,
            )
        )

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        found: dict[Any, Any] = self._open(lambda: super(FailOpenRedisCache, self).get_many(*args, **kwargs), {})
        return found

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._open(lambda: super(FailOpenRedisCache, self).has_key(*args, **kwargs), False))

    def set_many(self, data: Any, *args: Any, **kwargs: Any) -> list[Any]:
        failed: list[Any] = self._open(
            lambda: super(FailOpenRedisCache, self).set_many(data, *args, **kwargs), list(data)
        )
        return failed

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._open(lambda: super(FailOpenRedisCache, self).delete_many(*args, **kwargs), None)

    def clear(self) -> bool:  # type: ignore[override] # Django's own Redis cache tells whether it did
        return bool(self._open(lambda: super(FailOpenRedisCache, self).clear(), False))
