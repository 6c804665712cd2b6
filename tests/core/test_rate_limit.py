"""What is done too often is refused, the same for all processes, and never because the cache is away."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis.exceptions
import time_machine
from django.core.cache import cache
from django.test import RequestFactory

from apps.core import rate_limit
from apps.core.errors import RateLimited

START = 1_800_000_000.0  # the border of a window of 60 seconds


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def tries(count: int, *, key: str = "user:1", limit: int = 3, seconds: int = 60) -> int:
    """How many of ``count`` tries are allowed."""
    allowed = 0
    for _ in range(count):
        try:
            rate_limit.check("teams.invite", key=key, limit=limit, seconds=seconds)
            allowed += 1
        except RateLimited:
            pass
    return allowed


@time_machine.travel(START, tick=False)
def test_as_many_as_the_limit_pass() -> None:
    assert tries(10) == 3


@time_machine.travel(START, tick=False)
def test_each_is_counted_for_themselves_and_each_limit_too() -> None:
    assert tries(10) == 3
    assert tries(10, key="user:2") == 3
    rate_limit.check("teams.rename", key="user:1", limit=1, seconds=60)


def test_waiting_for_the_border_gives_no_second_helping() -> None:
    with time_machine.travel(START + 59, tick=False):
        assert tries(3) == 3
    with time_machine.travel(START + 61, tick=False):
        assert tries(3) == 0
    with time_machine.travel(START + 180, tick=False):
        assert tries(4) == 3


@pytest.mark.parametrize(("passed", "earlier"), [(0, 0), (20, 0), (59, 0), (10, 3), (30, 2)])
def test_after_the_wait_that_it_names_the_next_try_passes(passed: int, earlier: int) -> None:
    with time_machine.travel(START - 10, tick=False):
        assert tries(earlier) == earlier
    with time_machine.travel(START + passed, tick=False):
        tries(4)
        with pytest.raises(RateLimited) as refused:
            rate_limit.check("teams.invite", key="user:1", limit=3, seconds=60)
    wait = refused.value.retry_after
    assert 1 <= wait <= 120
    with time_machine.travel(START + passed + wait, tick=False):
        rate_limit.check("teams.invite", key="user:1", limit=3, seconds=60)


@time_machine.travel(START, tick=False)
def test_the_refusal_says_when_to_come_back() -> None:
    rate_limit.check("login", key="user:1", limit=1, seconds=60)
    with pytest.raises(RateLimited) as refused:
        rate_limit.check("login", key="user:1", limit=1, seconds=60)
    assert (refused.value.message, refused.value.retry_after) == (
        "That was too often. Try again in 2 minutes.",
        120,
    )


@time_machine.travel(START, tick=False)
def test_the_refusal_may_have_its_own_words() -> None:
    rate_limit.check("login", key="user:1", limit=1, seconds=60)
    with pytest.raises(RateLimited, match="Slow down"):
        rate_limit.check("login", key="user:1", limit=1, seconds=60, message="Slow down.")


@time_machine.travel(START, tick=False)
def test_thirty_at_once_get_no_more_than_the_limit() -> None:
    allowed: list[int] = []
    meet = threading.Barrier(10)

    def work() -> None:
        meet.wait(timeout=5)
        allowed.append(tries(3, limit=7))

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(allowed) == 10
    assert sum(allowed) == 7


@pytest.mark.parametrize(
    "error", [redis.exceptions.ConnectionError("canary"), redis.exceptions.TimeoutError("canary"), ValueError("canary")]
)
def test_while_the_cache_is_away_nothing_is_refused_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise error

    monkeypatch.setattr(rate_limit, "_quiet_until", 0.0)
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: False)
    monkeypatch.setattr(cache, "incr", away)
    with caplog.at_level(logging.WARNING, logger="apps.core.rate_limit"):
        assert tries(20) == 20
    assert [record.getMessage() for record in caplog.records] == ["Nothing is limited: the cache does not count."]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, " , ", "192.0.2.1"),
    ],
)
def test_only_our_own_proxies_are_believed(settings: Any, proxies: int, forwarded: str, believed: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert rate_limit.client_ip(request) == believed
    assert rate_limit.ip_key(request) == f"ip:{believed}"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("2001:db8:1:2:aaaa::1", "ip:2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "ip:2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "ip:192.0.2.1"),
        ("", "ip:"),
    ],
)
def test_a_household_of_ipv6_is_one(address: str, key: str) -> None:
    assert rate_limit.ip_key(RequestFactory().get("/", REMOTE_ADDR=address)) == key


def test_the_cache_holds_no_address() -> None:
    assert "192.0.2.1" not in rate_limit._cache_key("login", "ip:192.0.2.1", 1)
