"""A cache for what many people ask for at once: when it runs out, one of them builds it anew.

The others get the old value meanwhile. After ``forget`` nobody gets it any more: who comes then waits for the one that
builds. Without a cache server everyone builds for themselves.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.cache import cache

Value = TypeVar("Value")

BUILDING_SECONDS = 20  # a builder that died is not waited for longer
WAIT_SECONDS = 2.0
KEEP = 4  # an old value is kept for so many lifetimes, to have something to show


@dataclass(frozen=True)
class _Entry(Generic[Value]):
    edition: str
    fresh_until: float
    value: Value


@dataclass(frozen=True)
class Shelf:
    """Values that become wrong together. ``name`` begins their keys; ``seconds`` is how long one is fresh."""

    name: str
    seconds: int

    def get(self, key: str, build: Callable[[], Value]) -> Value:
        """Return the value of ``key``, built when there is none of this edition."""
        key = f"{self.name}:{key}"
        edition = self._edition()
        entry: _Entry[Value] | None = cache.get(key)
        if entry and entry.edition == edition and entry.fresh_until > time.time():
            return entry.value
        if not cache.add(f"{key}:building", 1, BUILDING_SECONDS):
            if entry and entry.edition == edition:
                return entry.value
            waited = self._wait(key, edition)
            if waited is not None:
                return waited.value
            return self._store(key, edition, build())
        try:
            return self._store(key, edition, build())
        finally:
            cache.delete(f"{key}:building")

    def forget(self) -> None:
        """Make every value of this shelf wrong at once."""
        # The edition outlives every value of the one before it, even one that was being built just now.
        cache.set(f"{self.name}:edition", uuid.uuid4().hex, self.seconds * KEEP + 3600)

    def _edition(self) -> str:
        return cast("str", cache.get(f"{self.name}:edition", ""))

    def _store(self, key: str, edition: str, value: Value) -> Value:
        # The edition is the one from before building: what was forgotten meanwhile is not taken for new.
        cache.set(key, _Entry(edition, time.time() + self.seconds, value), self.seconds * KEEP)
        return value

    def _wait(self, key: str, edition: str) -> "_Entry[Any] | None":
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and cache.get(f"{key}:building"):
            time.sleep(0.02)
        entry = cache.get(key)
        return entry if entry and entry.edition == edition else None
