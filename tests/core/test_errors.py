"""Whatever goes wrong, the answer says what happened, what is safe, what to do, and which number to quote."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import redis.exceptions
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.test import AsyncClient, Client, RequestFactory, override_settings
from django.urls import include, path
from django.utils.html import escape
from django.views.decorators.http import require_POST
from rest_framework import exceptions, serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import context, problems
from apps.core.answers import answer
from apps.core.errors import Conflict, DomainError, NotFound, PermissionRefused, RateLimited
from deltacrown import urls

ID = "quote-me-12345678"

RAISED: dict[str, Exception] = {
    "taken": DomainError("This tag is taken by Dhaka Wolves. Try DWX.", field="tag", code="tag_taken"),
    "captain": PermissionRefused("Only the captain can invite."),
    "gone": NotFound("This invite is gone."),
    "full": Conflict("The roster is full."),
    "fast": RateLimited("You sent 20 invites. Wait a minute.", retry_after=60),
    "broken": ZeroDivisionError("canary"),
    "database": OperationalError("canary"),
    "redis": redis.exceptions.ConnectionError("canary"),
    "forbidden": PermissionDenied("canary"),
    "suspicious": SuspiciousOperation("canary"),
}


def fail(request: HttpRequest, what: str) -> HttpResponse:
    raise RAISED[what]


async def fail_async(request: HttpRequest, what: str) -> HttpResponse:
    raise RAISED[what]


@require_POST
def only_post(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sent")


class Form(serializers.Serializer[Any]):
    tag = serializers.CharField(max_length=3)


@api_view(["GET", "POST"])
def api(request: Request, what: str) -> Response:
    if what == "form":
        Form(data=request.data).is_valid(raise_exception=True)
    if what == "throttled":
        raise exceptions.Throttled(wait=7.4)
    if what == "login":
        raise exceptions.NotAuthenticated
    raise RAISED[what]


urlpatterns = [
    path("fail/<what>/", fail),
    path("async/<what>/", fail_async),
    path("post/", only_post),
    path("api/<what>/", api),
    path("", include("deltacrown.urls")),  # what the frame links to
]
handler400 = "apps.core.views.errors.bad_request"
handler403 = "apps.core.views.errors.permission_denied"
handler404 = "apps.core.views.errors.page_not_found"
handler500 = "apps.core.views.errors.server_error"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def these_urls(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False, headers={"X-Request-ID": ID})


EXPECTED = [
    ("/fail/taken/", 400, "Not like this", "This tag is taken by Dhaka Wolves. Try DWX."),
    ("/fail/captain/", 403, "Not with this account", "Only the captain can invite."),
    ("/fail/gone/", 404, "There is nothing here", "This invite is gone."),
    ("/fail/full/", 409, "Something changed meanwhile", "The roster is full."),
    ("/fail/fast/", 429, "Too often in a short time", "You sent 20 invites. Wait a minute."),
    ("/async/captain/", 403, "Not with this account", "Only the captain can invite."),
    ("/fail/forbidden/", 403, problems.PERMISSION_REFUSED.title, problems.PERMISSION_REFUSED.detail),
    ("/fail/suspicious/", 400, problems.BAD_REQUEST.title, problems.BAD_REQUEST.detail),
    ("/nowhere/", 404, problems.NOT_FOUND.title, problems.NOT_FOUND.detail),
    ("/post/", 405, problems.METHOD_NOT_ALLOWED.title, problems.METHOD_NOT_ALLOWED.detail),
    ("/fail/broken/", 500, problems.SERVER_ERROR.title, problems.SERVER_ERROR.detail),
    ("/fail/database/", 503, problems.UNAVAILABLE.title, problems.UNAVAILABLE.detail),
    ("/fail/redis/", 503, problems.UNAVAILABLE.title, problems.UNAVAILABLE.detail),
    ("/async/database/", 503, problems.UNAVAILABLE.title, problems.UNAVAILABLE.detail),
]


@pytest.mark.parametrize(("url", "status", "title", "detail"), EXPECTED)
def test_a_page_tells_it(visitor: Client, url: str, status: int, title: str, detail: str) -> None:
    response = visitor.get(url)
    page = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert f"<p>{escape(detail)}</p>" in page
    assert f"<code>{ID}</code>" in page
    assert "canary" not in page
    assert response["X-Request-ID"] == ID
    assert response["Cache-Control"] == "no-store"
    # The whole frame where the site works, as little as possible where it does not.
    assert ('class="site-footer"' in page) == (status < 500)


@pytest.mark.parametrize(("url", "status", "title", "detail"), EXPECTED)
def test_a_program_is_told_the_same(visitor: Client, url: str, status: int, title: str, detail: str) -> None:
    response = visitor.get(url, headers={"Accept": "application/json"})
    told = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, told["status"]) == (status, status)
    assert (told["type"], told["title"], told["detail"], told["request_id"]) == ("about:blank", title, detail, ID)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("application/json;q=0.5, text/html", "text/html; charset=utf-8"),
        ("application/problem+json", "application/problem+json"),
        ("application/json, text/plain, */*", "application/problem+json"),
    ],
)
def test_the_form_is_the_one_that_the_asker_prefers(visitor: Client, accept: str, media_type: str) -> None:
    assert visitor.get("/nowhere/", headers={"Accept": accept})["Content-Type"] == media_type


def test_a_refusal_names_its_field_and_its_code(visitor: Client) -> None:
    told = visitor.get("/api/taken/").json()
    assert told == {
        "type": "about:blank",
        "title": "Not like this",
        "status": 400,
        "detail": "This tag is taken by Dhaka Wolves. Try DWX.",
        "code": "tag_taken",
        "safe": "Nothing was changed.",
        "errors": {"tag": ["This tag is taken by Dhaka Wolves. Try DWX."]},
        "request_id": ID,
    }


@pytest.mark.parametrize("url", ["/fail/fast/", "/api/fast/"])
def test_too_many_says_when_to_come_back(visitor: Client, url: str) -> None:
    assert visitor.get(url)["Retry-After"] == "60"


def test_405_still_says_what_is_allowed(visitor: Client) -> None:
    assert visitor.get("/post/")["Allow"] == "POST"
    assert visitor.post("/post/").content == b"sent"


@pytest.mark.parametrize(
    ("url", "status", "code", "errors"),
    [
        ("/api/captain/", 403, "permission_refused", None),
        ("/api/forbidden/", 403, "permission_refused", None),
        ("/api/form/", 400, "invalid", {"tag": ["This field is required."]}),
        ("/api/throttled/", 429, "rate_limited", None),
        ("/api/login/", 403, "not_authenticated", None),
        ("/api/broken/", 500, "server_error", None),
        ("/api/database/", 503, "unavailable", None),
    ],
)
def test_the_api_answers_in_one_form(visitor: Client, url: str, status: int, code: str, errors: Any) -> None:
    response = visitor.get(url)
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert (response.status_code, told["status"], told["code"], told.get("errors")) == (status, status, code, errors)
    assert told["request_id"] == ID


def test_the_api_says_how_long_to_wait(visitor: Client) -> None:
    assert visitor.get("/api/throttled/")["Retry-After"] == "8"


def test_a_method_that_the_api_does_not_know(visitor: Client) -> None:
    response = visitor.delete("/api/captain/")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert set(response["Allow"].split(", ")) == {"GET", "POST", "OPTIONS"}


def test_htmx_gets_a_toast(visitor: Client) -> None:
    response = visitor.get("/fail/captain/", headers={"HX-Request": "true"})
    assert (response["HX-Retarget"], response["HX-Reswap"], response.status_code) == ("#toasts", "beforeend", 403)
    page = response.content.decode()
    assert page.strip().startswith('<div class="toast" data-kind="error" role="status">')
    assert "Only the captain can invite." in page
    assert "<html" not in page


def test_htmx_gets_the_number_when_the_fault_is_ours(visitor: Client) -> None:
    page = visitor.get("/fail/broken/", headers={"HX-Request": "true"}).content.decode()
    assert f"<code>{ID}</code>" in page


def test_a_boosted_link_gets_the_page(visitor: Client) -> None:
    response = visitor.get("/nowhere/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("body", "innerHTML")
    assert "<h1>There is nothing here</h1>" in response.content.decode()


def test_a_message_is_text_and_never_markup() -> None:
    request = RequestFactory().get("/")
    page = answer(request, problems.for_refusal(DomainError("<script>alert(1)</script>"))).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_expired_form_says_so() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/post/")
    assert response.status_code == 403
    assert problems.CSRF_REFUSED.title in response.content.decode()


def test_pages_of_our_own_faults_ask_neither_database_nor_session(
    visitor: Client, django_assert_num_queries: Any
) -> None:
    visitor.cookies["sessionid"] = "a" * 32
    with django_assert_num_queries(0):
        visitor.get("/fail/broken/")


def test_when_the_frame_cannot_be_drawn_the_plain_page_is(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = loader.render_to_string

    def draw(name: str, *args: Any, **kwargs: Any) -> str:
        if name == "core/problem.html":
            raise OperationalError("canary")
        return whole(name, *args, **kwargs)

    monkeypatch.setattr("apps.core.answers.loader.render_to_string", draw)
    response = answer(RequestFactory().get("/x/"), problems.NOT_FOUND)
    assert response.status_code == 404
    assert "<h1>There is nothing here</h1>" in response.content.decode()


def test_when_nothing_can_be_drawn_bare_text_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*args: Any, **kwargs: Any) -> str:
        raise RuntimeError

    monkeypatch.setattr("apps.core.answers.loader.render_to_string", draw)
    with context.bind(request_id=ID):
        response = answer(RequestFactory().get("/x/"), problems.SERVER_ERROR)
    assert response.status_code == 500
    assert "<h1>That was our mistake</h1>" in response.content.decode()
    assert f"Request {ID}" in response.content.decode()


def test_an_unknown_status_is_told_as_its_kind() -> None:
    assert problems.for_status(418).detail == problems.BAD_REQUEST.detail
    assert (problems.for_status(502).status, problems.for_status(502).detail) == (502, problems.SERVER_ERROR.detail)


def test_during_maintenance_every_page_says_so_and_asks_nothing(
    visitor: Client, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    flag = tmp_path / "maintenance"
    with override_settings(MAINTENANCE_FILE=flag):
        assert visitor.get("/fail/captain/").status_code == 403
        flag.touch()
        with django_assert_num_queries(0):
            response = visitor.get("/fail/captain/")
        assert (response.status_code, response["Retry-After"]) == (503, "120")
        assert problems.MAINTENANCE.title in response.content.decode()
        flag.unlink()
        assert visitor.get("/fail/captain/").status_code == 403


def test_pages_under_asgi_do_the_same() -> None:
    async def statuses() -> list[int]:
        client = AsyncClient(raise_request_exception=False)
        urls = ("/fail/captain/", "/async/captain/", "/post/", "/nowhere/", "/async/broken/", "/fail/database/")
        return [(await client.get(url)).status_code for url in urls]

    assert asyncio.run(statuses()) == [403, 403, 405, 404, 500, 503]


def test_the_site_names_its_handlers() -> None:
    assert [getattr(urls, f"handler{status}") for status in (400, 403, 404, 429, 500)] == [
        f"apps.core.views.errors.{name}"
        for name in ("bad_request", "permission_denied", "page_not_found", "too_many_requests", "server_error")
    ]
