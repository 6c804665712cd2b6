"""Static files that the site serves itself, where no nginx does."""

from typing import Any

from django.http import HttpRequest, HttpResponseNotFound
from whitenoise.middleware import WhiteNoiseMiddleware


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise has no types
    """WhiteNoise, for which a file that went away since the start is not found, as nginx says it, and no failure."""

    @staticmethod
    def serve(static_file: Any, request: HttpRequest) -> Any:
        try:
            return WhiteNoiseMiddleware.serve(static_file, request)
        except FileNotFoundError:
            return HttpResponseNotFound("This file is not here any more.", content_type="text/plain")
