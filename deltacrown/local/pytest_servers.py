"""The plugin that gives every test run PostgreSQL and Redis. Named in pyproject.toml, so it works for any test file.

With xdist only the controller starts servers. Its workers inherit the variables, and each takes databases of its own.
"""

import contextlib
import os
import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from deltacrown.local import servers

_resources = contextlib.ExitStack()
OURS = "DELTACROWN_TEST_SERVERS"  # set when REDIS_URL is one of ours and workers may share out its databases


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start before Django reads its settings."""
    os.environ["ENVIRONMENT"] = "testing"
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        _take_redis_database(int(re.sub(r"\D", "", worker)) + 1)
    elif not _only_looks(early_config):
        named = set(os.environ)
        os.environ.update(_resources.enter_context(servers.temporary(os.environ)))
        if "REDIS_URL" not in named:
            os.environ[OURS] = "1"
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what was started. In a worker there is nothing to stop."""
    _resources.close()


def _only_looks(config: pytest.Config) -> bool:
    options = config.known_args_namespace
    return any(getattr(options, name, False) for name in ("collectonly", "help", "version", "markers", "showfixtures"))


def _take_redis_database(number: int) -> None:
    if os.environ.get(OURS) and os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = re.sub(r"/\d+$", f"/{number}", os.environ["REDIS_URL"])


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Begin each test with an empty cache: what one test counted must not be held against the next."""
    cache.clear()
