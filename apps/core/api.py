"""How the API tells what went wrong: RFC 9457, with the same words as the pages."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core import problems
from apps.core.errors import DomainError
from apps.core.problems import MEDIA_TYPE, Problem

INVALID = replace(
    problems.BAD_REQUEST,
    code="invalid",
    title="Some fields are wrong",
    detail="The fields under errors say what is wrong with each.",
    advice="Correct them and send the request again.",
)


def problem_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Be REST framework's exception handler. What it does not know goes to Django's, as a fault of ours."""
    problem = _problem(exception)
    if problem is None:
        return None
    set_rollback()
    headers = problem.headers()
    challenge = getattr(exception, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    return Response(problem.as_json(), status=problem.status, headers=headers, content_type=MEDIA_TYPE)


def _problem(exception: Exception) -> Problem | None:
    problem: Problem | None = None
    match exception:
        case DomainError():
            problem = problems.for_refusal(exception)
        case Http404():
            problem = problems.NOT_FOUND
        case PermissionDenied():
            problem = problems.PERMISSION_REFUSED
        case exceptions.ValidationError():
            problem = replace(INVALID, errors=_by_field(exception.detail))
        case exceptions.Throttled():
            problem = replace(problems.RATE_LIMITED, retry_after=getattr(exception, "wait", None))
        case exceptions.APIException():
            general = problems.for_status(exception.status_code)
            problem = replace(general, code=str(exception.get_codes()), detail=str(exception.detail), advice="")
    return problem


def _by_field(detail: Any) -> dict[str, Any]:
    return dict(detail) if isinstance(detail, dict) else {"non_field_errors": detail}
