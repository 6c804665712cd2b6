"""``/healthz``: this process lives. ``/readyz``: it can serve. ``/health/``: the same for people."""

import ipaddress

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.http import require_safe

from apps.core import health


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Touch nothing: a process is not restarted because a server that it leans on is away."""
    return _json({"status": "ok", **health.version()}, 200)


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    found = health.report()
    return _json(found.as_json(reasons=_is_operator(request)), 200 if found.ok else 503)


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    if "text/html" not in request.headers.get("Accept", ""):
        return readyz(request)
    found = health.report()
    told = {"report": found, "request": request, **health.version()}
    response = HttpResponse(loader.render_to_string("core/health.html", told), status=200 if found.ok else 503)
    response["Cache-Control"] = "no-store"
    return response


def _json(told: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(told, status=status, headers={"Cache-Control": "no-store"})


def _is_operator(request: HttpRequest) -> bool:
    """Whether somebody on this machine asks, past the proxy: there is no session to ask while the database is away."""
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    if not request.META.get("REMOTE_ADDR"):  # over a socket file, which only this machine has
        return True
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
