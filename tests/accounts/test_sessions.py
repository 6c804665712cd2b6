"""Sessions: listed, revoked, and nobody else's."""

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.middleware import SEEN_KEY
from apps.accounts.selectors import describe_browser
from apps.core.models import AuditEvent

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0"


@pytest.fixture
def two_browsers(user, log_in):
    phone, laptop = Client(HTTP_USER_AGENT=PHONE), Client(HTTP_USER_AGENT=LAPTOP, REMOTE_ADDR="203.0.113.5")
    log_in(phone, user)
    log_in(laptop, user)
    return phone, laptop


def test_the_page_lists_each_browser_in_words_and_marks_this_one(two_browsers):
    phone, _ = two_browsers
    rows = phone.get("/accounts/sessions/").context["sessions"]
    assert [(row.browser, row.is_current) for row in rows] == [
        ("Chrome on Android", True),
        ("Firefox on Windows", False),
    ]
    assert rows[1].ip == "203.0.113.5"


def test_one_other_browser_is_logged_out_at_once(two_browsers, user):
    phone, laptop = two_browsers
    other = next(row for row in phone.get("/accounts/sessions/").context["sessions"] if not row.is_current)
    phone.post(f"/accounts/sessions/{other.pk}/end/")
    assert laptop.get("/accounts/security/").status_code == 302
    assert phone.get("/accounts/security/").status_code == 200
    assert AuditEvent.objects.filter(action="account.session_ended", actor_id=user.pk).count() == 1


def test_everywhere_else_leaves_this_one(two_browsers):
    phone, laptop = two_browsers
    phone.post("/accounts/sessions/end-others/")
    assert laptop.get("/accounts/security/").status_code == 302
    assert phone.get("/accounts/security/").status_code == 200
    assert UserSession.objects.count() == 1


def test_nobody_ends_the_session_of_somebody_else(two_browsers, make_user, log_in):
    phone, _ = two_browsers
    stranger = Client()
    log_in(stranger, make_user("mim"))
    for session in UserSession.objects.filter(user__username="rafi"):
        stranger.post(f"/accounts/sessions/{session.pk}/end/")
    assert UserSession.objects.filter(user__username="rafi").count() == 2
    assert phone.get("/accounts/security/").status_code == 200


@pytest.mark.parametrize("path", ["/accounts/sessions/1/end/", "/accounts/sessions/end-others/"])
def test_looking_at_the_address_ends_nothing(two_browsers, path):
    phone, _ = two_browsers
    assert phone.get(path).status_code == 405
    assert UserSession.objects.count() == 2


def test_last_seen_is_written_every_five_minutes_and_not_at_every_page(client, user, log_in):
    log_in(client, user)
    session = UserSession.objects.get()
    with CaptureQueriesContext(connection) as queries:
        client.get("/accounts/data/")
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []
    assert UserSession.objects.get().last_seen_at == session.last_seen_at
    stored = client.session
    stored[SEEN_KEY] -= 301
    stored.save()
    client.get("/accounts/data/", REMOTE_ADDR="198.51.100.7")
    later = UserSession.objects.get()
    assert later.last_seen_at > session.last_seen_at
    assert later.ip == "198.51.100.7"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (PHONE, "Chrome on Android"),
        (LAPTOP, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 13) SamsungBrowser/25.0 Chrome/121 Mobile", "Samsung Internet on Android"),
        ("curl/8.5.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_named_in_words(user_agent, words):
    assert describe_browser(user_agent) == words
