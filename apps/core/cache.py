"""The Redis cache that a page survives without."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

QUIET_SECONDS = 30.0


class FailOpenRedisCache(RedisCache):
    """Answers as an empty cache while Redis is away, within its short socket timeouts, and logs that twice a minute.

    What must not be lost is never kept in the cache, so a miss costs time and nothing else.
    """

    _quiet_until = 0.0

    def _open(self, call: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return call()
        except (RedisError, OSError) as error:
            now = time.monotonic()
            if now >= FailOpenRedisCache._quiet_until:
                FailOpenRedisCache._quiet_until = now + QUIET_SECONDS
                logger.warning("cache.unavailable", extra={"error": type(error).__name__})
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Return False when Redis is away: nobody holds what could not be stored."""
        return bool(self._open(lambda: super(FailOpenRedisCache, self).add(*args, **kwargs), False))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._open(lambda: super(FailOpenRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._open(lambda: super(FailOpenRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._open(lambda: super(FailOpenRedisCache, self).touch(*args, **kwargs), False))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._open(lambda: super(FailOpenRedisCache, self).delete(*args, **kwargs), False))

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

    def clear(self) -> bool:
        return bool(self._open(lambda: super(FailOpenRedisCache, self).clear(), False))
