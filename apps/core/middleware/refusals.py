"""Turns what a service refuses, and an empty 405, into the answer that says why."""

from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from apps.core import problems
from apps.core.answers import answer
from apps.core.errors import DomainError


class DomainErrorMiddleware:
    """Last in ``MIDDLEWARE``, so that the page it draws has all that other middleware puts on the request."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        return _explained(request, self.get_response(request))

    async def _answer_async(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return await sync_to_async(_explained)(request, response)
        return response  # type: ignore[no-any-return]  # get_response is any callable

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal that left a view. Everything else is Django's to report."""
        if isinstance(exception, DomainError):
            return answer(request, problems.for_refusal(exception))
        return None


def _explained(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if not isinstance(response, HttpResponseNotAllowed) or response.content:
        return response
    explained = answer(request, problems.METHOD_NOT_ALLOWED)
    explained["Allow"] = response["Allow"]
    return explained
