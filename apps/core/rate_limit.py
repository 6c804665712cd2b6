"""Refuses what is done too often: counted in the cache, for all processes together.

Two neighbouring windows are weighed, so that nobody gets twice the limit by waiting for the border between them.
"""

import hashlib
import ipaddress
import logging
import math
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from apps.core.errors import RateLimited

logger = logging.getLogger(__name__)

QUIET_SECONDS = 30.0
_quiet_until = 0.0


def check(name: str, *, key: str, limit: int, seconds: int, message: str = "") -> None:
    """Count one try and refuse it when it is one too many.

    Args:
        name: What is limited, as in ``teams.invite``.
        key: Whose tries are counted: ``user_key`` or ``ip_key``, or anything else. It is stored as a hash.
        limit: How many tries a window allows.
        seconds: Length of the window.
        message: The sentence for the person; a general one otherwise.

    Raises:
        RateLimited: with the seconds until the next try can succeed. A refused try counts as well.

    While the cache is away nothing is refused: a shop that lets one too many in beats one that is closed.
    """
    now = time.time()
    window, passed = divmod(now, seconds)
    current = _count(name, key, int(window), seconds)
    if current is None:
        return
    previous = cache.get(_cache_key(name, key, int(window) - 1)) or 0
    if current + previous * (1 - passed / seconds) <= limit:
        return
    wait = _wait(current=current, previous=previous, limit=limit, seconds=seconds, passed=passed)
    raise RateLimited(message or f"That was too often. Try again in {_spoken(wait)}.", retry_after=wait)


def user_key(user_id: int) -> str:
    return f"user:{user_id}"


def ip_key(request: HttpRequest) -> str:
    """Return the visitor's address; of IPv6 the first half, because a household owns all that share it."""
    given = client_ip(request)
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return f"ip:{given}"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return f"ip:{ipaddress.IPv6Network((address, 64), strict=False)}"
        return f"ip:{address.ipv4_mapped}"
    return f"ip:{address}"


def client_ip(request: HttpRequest) -> str:
    """Return the visitor's address. Of ``X-Forwarded-For`` only what our own proxies added is believed.

    Each proxy adds the address it was called from at the end, so with ``TRUSTED_PROXIES`` of them the visitor's is that
    many places from the end. What stands before it the visitor may have written.
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return forwarded[-proxies] if proxies and len(forwarded) >= proxies else direct


def _count(name: str, key: str, window: int, seconds: int) -> int | None:
    """Add one to the window's count and return it; None when the cache is away."""
    global _quiet_until  # noqa: PLW0603 - one line for all limits of the process
    cache_key = _cache_key(name, key, window)
    try:
        # The window that follows still weighs this one, so it is kept for two.
        if cache.add(cache_key, 1, timeout=2 * seconds):
            return 1
        return int(cache.incr(cache_key))
    except (RedisError, OSError, ValueError) as error:  # ValueError: evicted between the two calls
        if time.monotonic() >= _quiet_until:
            _quiet_until = time.monotonic() + QUIET_SECONDS
            logger.warning("Nothing is limited: the cache does not count.", extra={"error": type(error).__name__})
        return None


def _cache_key(name: str, key: str, window: int) -> str:
    return f"rate:{name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}:{window}"


def _wait(*, current: int, previous: int, limit: int, seconds: int, passed: float) -> int:
    """Seconds until the weighed count leaves room for one more try."""
    if current + 1 > limit:
        # Only the next window helps, once this one weighs little enough in it.
        until = seconds - passed + seconds * max(0.0, 1 - (limit - 1) / current)
    else:
        until = seconds * (1 - (limit - current - 1) / previous) - passed
    return max(1, math.ceil(until))


def _spoken(seconds: int) -> str:
    if seconds < 100:
        return "a second" if seconds == 1 else f"{seconds} seconds"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minutes" if minutes < 100 else f"{math.ceil(minutes / 60)} hours"
