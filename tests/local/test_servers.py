import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_suite_runs_on_postgresql_that_sorts_by_code_point():
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datlocale FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("C.UTF-8",)


def test_the_suite_has_a_redis_cache():
    cache.set("crown", "delta", 10)

    assert cache.get("crown") == "delta"
    assert settings.CACHES["default"]["LOCATION"].startswith("redis://")
