"""An operator whose Redis has stopped: the page stands, and says which, and what to do."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from apps.core.health import readiness
from apps.core.metrics import sources
from deltacrown.local import binaries, redis
from tests.core.test_health import move_redis

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(binaries.redis() is None, reason="this machine has no redis-server"),
]
PAGE = "admin:core_operations_changelist"
PATIENCE = 60.0  # seconds
ROLES = ("cache", "broker", "channel layer")


@pytest.fixture
def server(settings: Any, tmp_path: Path) -> Iterator[redis.Redis]:
    """A Redis of our own, which the site uses for everything."""
    started = redis.start(tmp_path / "redis", password="canary", log=tmp_path / "redis.log", keep=False)
    assert started is not None
    for role in ROLES:
        move_redis(settings, role, started.port)
    settings.ADMIN_REQUIRE_MFA = False
    readiness.probes.cache_clear()  # an earlier test asked the suite's own servers
    yield started
    started.stop(keep=False)
    readiness.probes.cache_clear()


@pytest.fixture
def operator(server: redis.Redis, client: Client, django_user_model: Any) -> Client:
    user = django_user_model.objects.create_user("operator", "operator@example.com", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_operations"))
    client.force_login(user)
    return client


def page(operator: Client) -> str:
    """Return the page as it is now, and not as it was a second ago."""
    readiness.latest.forget()
    for source in sources.registered():
        source.forget()
    answer = operator.get(reverse(PAGE))
    assert answer.status_code == 200
    return str(answer.content.decode())


def page_with(operator: Client, sentence: str) -> str:
    """Return the page once it has the sentence: on a busy machine a section may still be drawing its last answer."""
    until = time.monotonic() + PATIENCE
    while sentence not in (html := page(operator)):
        assert time.monotonic() < until, f"the page never said: {sentence}"
    return html


def test_with_redis_stopped_the_page_stands_and_says_so(operator: Client, server: redis.Redis) -> None:
    assert "The Redis of the" not in page_with(operator, 'class="ops-verdict-line"')
    server.stop(keep=False)
    html = page_with(operator, "The Redis of the cache does not answer.")
    for role in ROLES:
        assert f"The Redis of the {role} does not answer." in html
    assert "python manage.py runbook redis-down" in html
    page_with(operator, 'aria-label="Queues"')  # what the database knows is there all the same
