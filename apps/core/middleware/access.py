"""Counts each answered request and writes one line for it: method, route, status, time. No query, no address."""

import logging
import time
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from apps.core.metrics import recording

logger = logging.getLogger(__name__)

# Asked every few seconds by machines: not counted, and a line only when the answer is no.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class AccessLogMiddleware:
    """Inside the request context, so that the line carries it, and around everything else."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        began = time.perf_counter()
        response = self.get_response(request)
        _write(request, response, began)
        return response

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response: HttpResponseBase = await self.get_response(request)
        _write(request, response, began)
        return response


def _write(request: HttpRequest, response: HttpResponseBase, began: float) -> None:
    quiet = request.path in _QUIET and response.status_code < 400
    seconds = time.perf_counter() - began
    if request.path not in _QUIET:
        recording.request(request, response, seconds)
    match = request.resolver_match
    # A path without a page is shown: it is how a broken link is found.
    route = match.view_name if match else request.path
    logger.log(
        logging.DEBUG if quiet else logging.INFO,
        "%s %s %s",
        request.method,
        route,
        response.status_code,
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )
