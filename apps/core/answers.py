"""Shows a problem in the form that the asker reads: a page, a toast for htmx, or JSON."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.html import format_html

from apps.core import context
from apps.core.problems import MEDIA_TYPE, Problem

logger = logging.getLogger(__name__)

# When not even the plain page can be drawn. No stylesheet: it may be what is missing.
_LAST_RESORT = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} · DeltaCrown</title></head>'
    "<body><h1>{title}</h1><p>{detail}</p><p>{safe}</p><p>{advice}</p><p>Request {request_id}</p></body></html>"
)


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the response that tells of ``problem``. It never fails itself."""
    if wants_json(request):
        return JsonResponse(
            problem.as_json(), status=problem.status, content_type=MEDIA_TYPE, headers=problem.headers()
        )
    response = HttpResponse(_draw(request, problem), status=problem.status, headers=problem.headers())
    # htmx leaves the page alone when a request fails, unless the answer says where it goes (siteui/js/refusals.js).
    if _is_boosted(request):
        response["HX-Retarget"], response["HX-Reswap"] = "body", "innerHTML"
    elif _is_htmx(request):
        response["HX-Retarget"], response["HX-Reswap"] = "#toasts", "beforeend"
    response["Cache-Control"] = "no-store"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether the asker is a program: it asks the API, or prefers JSON to a page."""
    if request.path.startswith("/api/"):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", MEDIA_TYPE])
    return preferred in {"application/json", MEDIA_TYPE}


def _draw(request: HttpRequest, problem: Problem) -> str:
    """Draw the richest form that can be drawn: in the frame, on the plain page, as bare text."""
    told: dict[str, Any] = {"problem": problem, "request_id": context.current().request_id}
    try:
        if _is_htmx(request) and not _is_boosted(request):
            return loader.render_to_string("core/problem.partial.html", told)
        if not problem.is_ours:
            return loader.render_to_string("core/problem.html", told, request)
    except Exception:
        # The database may be away, and the frame needs it. The problem itself is still worth telling.
        logger.exception("The page of a %s could not be drawn in the frame.", problem.status)
    try:
        return loader.render_to_string("core/problem_plain.html", {**told, "request": request})
    except Exception:
        logger.exception("The page of a %s could not be drawn.", problem.status)
        return format_html(
            _LAST_RESORT,
            title=problem.title,
            detail=problem.detail,
            safe=problem.safe,
            advice=problem.advice,
            request_id=told["request_id"],
        )


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _is_boosted(request: HttpRequest) -> bool:
    return _is_htmx(request) and request.headers.get("HX-Boosted") == "true"
