"""Fails in several ways with Sentry switched on, and prints what would have been sent. Run by ``test_sentry``.

A program of its own, because Sentry stays in a process once it is switched on.
"""

import json
import logging
import os
import sys
from typing import Any

import django
import sentry_sdk
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from apps.core import context, sentry
from apps.core.errors import PermissionRefused

django.setup()  # before the URLs of all apps are loaded

CANARY = os.environ["CANARY"]  # not written here: reports show source lines
logger = logging.getLogger("apps.shop")
sent: list[dict[str, Any]] = []


class Kept(Transport):
    """Keeps what would be sent."""

    def capture_envelope(self, envelope: Envelope) -> None:
        for item in envelope.items:
            if item.payload.json is not None:
                sent.append({"kind": item.type, **item.payload.json})


def broken(request: HttpRequest, key: str) -> HttpResponse:
    in_a_variable = [CANARY]
    logger.info("before it broke: password=%s", CANARY)
    raise ValueError(f"token: {CANARY} for mim@{CANARY}.com {len(in_a_variable)}")


def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionRefused("Only the captain can invite.")


def logged_and_captured(request: HttpRequest) -> HttpResponse:
    try:
        int("x")
    except ValueError as error:
        sentry_sdk.capture_exception(error)
        logger.exception("It failed")
    return HttpResponse()


def logged(request: HttpRequest) -> HttpResponse:
    logger.error("Could not pay %s", "order 7", extra={"password": CANARY, "order": 7})
    return HttpResponse()


urlpatterns = [
    path("broken/<key>/", csrf_exempt(broken), name="broken"),
    path("refused/", csrf_exempt(refused)),
    path("both/", csrf_exempt(logged_and_captured)),
    path("logged/", csrf_exempt(logged)),
    path("", include("deltacrown.urls")),
]
handler500 = "apps.core.views.errors.server_error"


def main() -> None:
    sentry.TRACED_SHARE = 1.0
    sentry.configure(
        dsn="https://key@sentry.example.com/1", environment="staging", release="1.4.0+3f2a9c1", transport=Kept
    )
    settings.ROOT_URLCONF = __spec__.name
    settings.ALLOWED_HOSTS = ["testserver"]
    application = get_wsgi_application()
    told = {}
    for name, url in (
        ("broken", f"/broken/1a-c5z9x8-0123456789abcdef0123456789abcdef/?token={CANARY}"),
        ("refused", "/refused/"),
        ("both", "/both/"),
        ("logged", "/logged/"),
        ("healthz", "/healthz"),
        ("missing", "/nowhere/"),
    ):
        sent.clear()
        headers = {"X-Request-ID": "r-12345678", "Authorization": f"Bearer {CANARY}", "Cookie": f"sessionid={CANARY}"}
        request = RequestFactory(REMOTE_ADDR="203.0.113.77").post(url, {"password": CANARY}, headers=headers)
        request.environ["wsgi.errors"] = sys.stdout
        response = application(request.environ, lambda status, headers, error=None: sys.stdout.write)  # type: ignore[arg-type]  # enough of one
        response.close()  # as a server does: the transaction ends here
        told[name] = list(sent)
    sent.clear()
    with context.bind(request_id="r-of-task", task_id="t-1", user_id=7):
        sentry_sdk.capture_exception(ValueError("in a task"))
    told["task"] = list(sent)
    sys.stderr.write("EVENTS" + json.dumps(told))


if __name__ == "__main__":
    main()
