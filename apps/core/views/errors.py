"""The error handlers that ``deltacrown.urls`` and the settings name."""

import sys
from typing import Any

import redis.exceptions
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from apps.common.images import StorageTooSlow
from apps.core import problems
from apps.core.answers import answer

_OUTAGES = (
    OperationalError,
    InterfaceError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    StorageTooSlow,
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, problems.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, problems.PERMISSION_REFUSED)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, problems.NOT_FOUND)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Also answers allauth's own limits, which look for ``handler429``."""
    return answer(request, problems.RATE_LIMITED)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when a server that we lean on is away, which passes, and 500 when the fault is in the code."""
    error = sys.exc_info()[1]
    # By its module: those without S3 need not load botocore for a page that hopefully nobody sees.
    outage = isinstance(error, _OUTAGES) or type(error).__module__.startswith("botocore.")
    return answer(request, problems.UNAVAILABLE if outage else problems.SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, problems.CSRF_REFUSED)


def maintenance(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    return answer(request, problems.MAINTENANCE)
