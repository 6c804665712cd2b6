"""Opens the context of a request and of a WebSocket, and answers with its id."""

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from apps.core import context
from apps.core.metrics import counted

HEADER = "X-Request-ID"

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


class RequestContextMiddleware:
    """First in ``MIDDLEWARE``: whatever happens inside, also a refusal, carries the request id."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        request_id = context.request_id_from(request.headers.get(HEADER))
        if iscoroutinefunction(self):
            return self._answer_async(request, request_id)
        with context.bind(request_id=request_id, ends_at=_end()), _named_thread(request_id):
            response = self.get_response(request)
            response[HEADER] = request_id
            return response

    async def _answer_async(self, request: HttpRequest, request_id: str) -> HttpResponseBase:
        with context.bind(request_id=request_id, ends_at=_end()):
            response: HttpResponseBase = await self.get_response(request)
            response[HEADER] = request_id
            return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note the page's URL name as soon as Django has found it."""
        if request.resolver_match is not None:
            context.learn(route=request.resolver_match.view_name or "")
            _name_route(request.resolver_match.view_name or "")


def _end() -> float:
    return time.monotonic() + float(settings.REQUEST_SECONDS)


@contextmanager
def _named_thread(request_id: str) -> Iterator[None]:
    """Call the thread after its request, for whoever samples a busy process from outside (the runbook high-cpu)."""
    thread = threading.current_thread()
    before, thread.name = thread.name, f"request {request_id} - {time.time():.0f}"
    try:
        yield
    finally:
        thread.name = before


def _name_route(route: str) -> None:
    thread = threading.current_thread()
    if thread.name.startswith("request ") and route:
        thread.name = thread.name.replace(" - ", f" {route} ", 1)


class UserContextMiddleware:
    """After ``AuthenticationMiddleware``: notes who the user is at the moment when something asks for it.

    Asking here would cost every static page a query and a ``Vary: Cookie``.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        lazy_user, ask_user = request.user, request.auser

        def user() -> Any:
            context.learn(user_id=lazy_user.pk)
            return lazy_user

        async def auser() -> Any:
            found = await ask_user()
            context.learn(user_id=found.pk)
            return found

        request.user = SimpleLazyObject(user)  # type: ignore[assignment]  # it stands for the user
        request.auser = auser
        return self.get_response(request)


class WebSocketContextMiddleware:
    """Outermost around the WebSocket routes: one context for as long as the socket lives."""

    def __init__(self, inner: AsgiApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request_id = context.request_id_from(_header(scope, b"x-request-id"))

        opened = False

        async def send_with_id(message: dict[str, Any]) -> None:
            nonlocal opened
            if message["type"] == "websocket.accept":
                opened = True
                counted.WEBSOCKETS_OPENED.add()
                counted.WEBSOCKETS.add()
                headers = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)

        try:
            with context.bind(request_id=request_id, route=scope.get("path", "")):
                await self.inner(scope, receive, send_with_id)
        finally:
            if opened:
                counted.WEBSOCKETS.add(by=-1)


class WebSocketUserMiddleware:
    """Inside ``AuthMiddlewareStack``, which has found the user by then."""

    def __init__(self, inner: AsgiApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        context.learn(user_id=getattr(scope.get("user"), "pk", None))
        await self.inner(scope, receive, send)


def _header(scope: Any, name: bytes) -> str | None:
    for key, value in scope.get("headers", []):
        if key.lower() == name:
            return str(value.decode("latin-1"))
    return None
