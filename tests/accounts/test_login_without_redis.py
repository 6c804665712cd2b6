"""While Redis is away people log in, and guessing stays limited."""

import pytest
from django.core.cache import cache
from django.test import Client

from .conftest import PASSWORD

WRONG = "not-the-password-1"


@pytest.fixture(autouse=True)
def _redis_is_away(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "apps.core.cache.FailOpenRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        }
    }
    cache._alone.clear()


def test_the_password_still_opens_the_account(client, user, log_in):
    assert log_in(client, user).url == "/"
    assert client.get("/accounts/security/").status_code == 200


def test_so_does_a_code_and_only_once(client, user, log_in, second_factor):
    code, _ = second_factor(user)
    log_in(client, user)
    used = code()
    assert client.post("/accounts/2fa/authenticate/", {"code": used}).url == "/"
    other = Client()
    log_in(other, user)
    assert other.post("/accounts/2fa/authenticate/", {"code": used}).status_code == 200
    assert other.get("/accounts/security/").status_code == 302


def test_guessing_stops_after_five_tries(client, user):
    for _ in range(5):
        client.post("/accounts/login/", {"login": "rafi", "password": WRONG})
    refused = client.post("/accounts/login/", {"login": "rafi", "password": PASSWORD})
    assert "Too many attempts" in refused.context["form"].non_field_errors()[0]


def test_everything_else_is_an_empty_cache():
    assert cache.add("teams:1", "x") is False
    cache.set("teams:1", "x")
    assert cache.get("teams:1", "nothing") == "nothing"
