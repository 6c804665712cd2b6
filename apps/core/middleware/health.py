"""Answers the health checks and ``/metrics`` before anything asks for a session, a user or a cache."""

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest

from apps.core.views import health, metrics

_VIEWS = {"/healthz": health.healthz, "/readyz": health.readyz, "/health/": health.status, "/metrics": metrics.metrics}


class HealthMiddleware:
    """In front of everything that needs a server to be there."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        view = _VIEWS.get(request.path_info)
        return view(request) if view else self.get_response(request)

    async def _answer_async(self, request: HttpRequest) -> Any:
        view = _VIEWS.get(request.path_info)
        if view is None:
            return await self.get_response(request)
        # Not in the thread that all requests share: this one may wait a second.
        return await sync_to_async(view, thread_sensitive=False)(request)
