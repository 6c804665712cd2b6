"""Closes the site while a file exists, without asking the database that may be what is being worked on."""

from pathlib import Path
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.http import HttpRequest

from apps.core.views.errors import maintenance


class MaintenanceMiddleware:
    """Behind the health checks, which go on answering, and in front of everything that needs a database."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response
        self.flag = Path(settings.MAINTENANCE_FILE)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._answer_async(request)
        return maintenance(request) if self.flag.exists() else self.get_response(request)

    async def _answer_async(self, request: HttpRequest) -> Any:
        return maintenance(request) if self.flag.exists() else await self.get_response(request)
