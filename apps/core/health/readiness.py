"""Puts the checks together into one answer."""

import functools
import logging
import subprocess
import threading
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from apps.core.health import checks
from apps.core.health.probes import Probe, Result, run

logger = logging.getLogger(__name__)

# However often it is asked, the servers are asked once in this many seconds.
FRESH_SECONDS = 1.0


@dataclass(frozen=True)
class Report:
    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        return not self.failing

    @property
    def failing(self) -> list[str]:
        return [result.name for result in self.results if not result.ok]

    def as_json(self, *, reasons: bool) -> dict[str, Any]:
        """Return what anybody may know: names, yes or no, milliseconds; ``reasons`` are for operators."""
        told: dict[str, dict[str, Any]] = {result.name: {"ok": result.ok, "ms": result.ms} for result in self.results}
        if reasons:
            for result in self.results:
                if result.reason:
                    told[result.name]["reason"] = result.reason
        return {"status": "ok" if self.ok else "unavailable", "failing": self.failing, "checks": told, **version()}


class _Latest:
    """The newest report. Whoever asks while one is being made waits for it instead of asking the servers again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made_at = float("-inf")
        self._report = Report(())

    def get(self) -> Report:
        with self._lock:
            if time.monotonic() - self._made_at >= FRESH_SECONDS:
                self._report = _make()
                self._made_at = time.monotonic()
            return self._report

    def forget(self) -> None:
        self._made_at = float("-inf")


latest = _Latest()


def report() -> Report:
    """Ask every dependency, and answer within the timeout of the probes even when all of them hang."""
    return latest.get()


def version() -> dict[str, str]:
    """Return the release that runs: ``RELEASE``, else what this checkout says of itself."""
    number, _, commit = (settings.RELEASE or _release_of_checkout()).partition("+")
    return {"version": number, "commit": commit}


@functools.cache
def _release_of_checkout() -> str:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())
    command = ("git", "-C", str(settings.BASE_DIR), "rev-parse", "--short=12", "HEAD")
    try:
        commit = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()  # noqa: S603 - our own words
    except (OSError, subprocess.SubprocessError):
        commit = ""
    return f"{project['project']['version']}+{commit}"


@functools.cache
def probes() -> list[Probe]:
    """Return one probe for each dependency that this configuration has."""
    made = [Probe("database", checks.database), Probe("migrations", checks.migrations)]
    for name, url in redis_urls().items():
        made.append(Probe(name, functools.partial(checks.redis_server, url)))
    return [*made, Probe("storage", checks.storage), Probe("disk", checks.disk)]


def redis_urls() -> dict[str, str]:
    """Return which Redis does what. Without Redis this process does it itself, and there is nothing to ask."""
    hosts = settings.CHANNEL_LAYERS["default"].get("CONFIG", {}).get("hosts", [])
    channel_layer = hosts[0].get("address", "") if hosts and isinstance(hosts[0], dict) else next(iter(hosts), "")
    given = {
        "cache": settings.CACHES["default"].get("LOCATION", ""),
        "broker": settings.CELERY_BROKER_URL,
        "channel layer": channel_layer,
    }
    return {name: url for name, url in given.items() if str(url).startswith(("redis:", "rediss:", "unix:"))}


def _make() -> Report:
    made = Report(tuple(run(probes())))
    for result in made.results:
        if not result.ok:
            logger.warning("Not ready: %s, %s", result.name, result.reason, extra={"ms": result.ms})
    return made
