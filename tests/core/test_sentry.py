"""Error reports: one for each failure, with the request id, and nothing that belongs to people."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from apps.core import sentry

CANARY = "c4n4ry"
Events = list[dict[str, Any]]


@pytest.fixture(scope="module")
def sent() -> dict[str, Events]:
    """What ``sentry_program`` would have sent, by what it did."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.sentry_program"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "deltacrown.settings_test_pg", "CANARY": CANARY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Events] = json.loads(done.stderr.rpartition("EVENTS")[2])
    return told


def errors(events: Events) -> Events:
    return [event for event in events if event["kind"] == "event"]


def test_a_failure_is_one_event_with_the_request_id(sent: dict[str, Events]) -> None:
    (event,) = errors(sent["broken"])
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert event["tags"] == {"request_id": "r-12345678", "route": "broken"}
    assert (event["environment"], event["release"]) == ("staging", "1.4.0+3f2a9c1")


def test_no_report_holds_the_canary_or_an_address(sent: dict[str, Events]) -> None:
    """It was in the query, a cookie, a header, the form, a variable, the message, a log line and its extra."""
    text = json.dumps(sent)
    assert "It failed" in text
    assert CANARY not in text
    assert "203.0.113.77" not in text


def test_the_message_the_url_and_the_breadcrumbs_are_scrubbed(sent: dict[str, Events]) -> None:
    (event,) = errors(sent["broken"])
    assert event["exception"]["values"][-1]["value"] == "token: [secret] for [personal] 1"
    assert event["request"] == {"method": "POST", "url": "http://testserver/broken/1a-[secret]/"}
    assert [crumb["message"] for crumb in event["breadcrumbs"]["values"] if crumb["category"] == "apps.shop"] == [
        "before it broke: password=[secret]"
    ]
    assert "user" not in event


def test_frames_have_no_variables(sent: dict[str, Events]) -> None:
    (event,) = errors(sent["broken"])
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames
    assert [frame for frame in frames if "vars" in frame] == []


@pytest.mark.parametrize("name", ["refused", "missing", "healthz"])
def test_a_refusal_is_no_failure(sent: dict[str, Events], name: str) -> None:
    assert errors(sent[name]) == []


def test_captured_and_logged_is_one_event(sent: dict[str, Events]) -> None:
    assert len(errors(sent["both"])) == 1


def test_a_logged_error_is_an_event_grouped_by_its_words(sent: dict[str, Events]) -> None:
    (event,) = errors(sent["logged"])
    assert (event["logentry"]["message"], event["logentry"]["params"]) == ("Could not pay %s", ["order 7"])
    assert (event["extra"]["password"], event["extra"]["order"]) == ("[secret]", 7)


def test_health_checks_are_not_timed_and_pages_are(sent: dict[str, Events]) -> None:
    assert [event["transaction"] for event in sent["logged"] if event["kind"] == "transaction"] == ["/logged/"]
    assert [event for event in sent["healthz"] if event["kind"] == "transaction"] == []


def test_a_task_has_its_id_and_its_user_by_number(sent: dict[str, Events]) -> None:
    (event,) = errors(sent["task"])
    assert event["tags"] == {"request_id": "r-of-task", "task_id": "t-1"}
    assert event["user"] == {"id": "7"}


@pytest.mark.parametrize(
    ("sampling", "share"),
    [
        ({"wsgi_environ": {"PATH_INFO": "/readyz"}}, 0.0),
        ({"asgi_scope": {"path": "/healthz"}}, 0.0),
        ({"asgi_scope": {"path": "/teams/"}, "parent_sampled": True}, 0.1),
        ({}, 0.1),
    ],
)
def test_how_much_is_timed(sampling: dict[str, Any], share: float) -> None:
    assert sentry.traced_share(sampling) == share


def test_without_a_dsn_it_stays_off() -> None:
    assert sentry.configure(dsn="", environment="production", release="") is False
