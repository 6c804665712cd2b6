"""One id goes with a request through everything that it causes."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from apps.core import context, sql_comment
from apps.core.mail import ContextEmailBackend
from apps.core.middleware.context import RequestContextMiddleware, WebSocketContextMiddleware, WebSocketUserMiddleware

SENT = "given-by-proxy-1234"


def page(request: HttpRequest) -> HttpResponse:
    known = context.current()
    return HttpResponse(f"{known.request_id} {known.route} {known.user_id} {request.user.pk} {known.user_id}")


urlpatterns = [path("page/", page, name="context_page")]
here = override_settings(ROOT_URLCONF=__name__)


def test_outside_of_any_work_everything_is_unknown_and_nothing_can_be_learnt() -> None:
    context.learn(user_id=7)
    assert context.current() == context.Context(request_id="", user_id=None, task_id="", route="")


def test_a_block_inherits_and_gives_back() -> None:
    with context.bind(request_id="r-outer", user_id=1):
        with context.bind(task_id="t-1"):
            assert context.current() == context.Context(request_id="r-outer", user_id=1, task_id="t-1")
        assert context.current() == context.Context(request_id="r-outer", user_id=1)
    assert context.current() == context.Context()


def test_a_block_that_fails_gives_back_too() -> None:
    with pytest.raises(RuntimeError), context.bind(request_id="r-outer"):
        raise RuntimeError
    assert context.current() == context.Context()


def test_what_an_inner_block_learns_stays_inside_it() -> None:
    with context.bind(request_id="r-outer"):
        with context.bind(task_id="t-1"):
            context.learn(user_id=5)
        assert context.current().user_id is None


def test_what_a_thread_of_the_request_learns_the_request_knows() -> None:
    async def work() -> int | None:
        with context.bind(request_id="r-async"):
            await sync_to_async(context.learn)(user_id=9)
            return context.current().user_id

    assert asyncio.run(work()) == 9


def test_two_requests_at_once_do_not_see_each_other() -> None:
    seen: dict[str, str] = {}
    meet = threading.Barrier(2)

    def work(name: str) -> None:
        with context.bind(request_id=name):
            meet.wait(timeout=5)
            seen[name] = context.current().request_id

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
    assert seen == {"one": "one", "two": "two"}


@pytest.mark.parametrize(
    "bad", ["", "short", "x" * 65, "line\nbreak-line", "ok-but-newline\n", "semi;colon-12", "-starts-badly", "<script>"]
)
def test_an_id_that_is_not_well_formed_is_replaced(bad: str) -> None:
    made = context.request_id_from(bad)
    assert made != bad
    assert len(made) == 20
    assert int(made, 16) >= 0


def test_a_well_formed_id_is_kept() -> None:
    assert context.request_id_from(SENT) == SENT


@here
@pytest.mark.django_db
def test_the_page_knows_id_and_route_and_answers_with_the_id(client: Client) -> None:
    response = client.get("/page/", headers={"X-Request-ID": SENT})
    assert response.content.decode() == f"{SENT} context_page None None None"
    assert response["X-Request-ID"] == SENT


@here
@pytest.mark.django_db
def test_the_user_is_known_once_something_asked_for_them(client: Client, django_user_model: Any) -> None:
    user = django_user_model.objects.create_user("mim", "mim@example.com")
    client.force_login(user)
    response = client.get("/page/", headers={"X-Request-ID": SENT})
    assert response.content.decode() == f"{SENT} context_page None {user.pk} {user.pk}"


@here
@pytest.mark.django_db
def test_pages_under_asgi_do_the_same() -> None:
    async def get() -> Any:
        return await AsyncClient().get("/page/", headers={"X-Request-ID": SENT})

    response = asyncio.run(get())
    assert response.content.decode() == f"{SENT} context_page None None None"
    assert response["X-Request-ID"] == SENT


@here
def test_a_page_that_does_not_exist_has_an_id_too(client: Client) -> None:
    response = client.get("/nowhere/", headers={"X-Request-ID": SENT})
    assert (response.status_code, response["X-Request-ID"]) == (404, SENT)


def test_a_broken_middleware_below_leaves_no_context_behind() -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        RequestContextMiddleware(broken)(HttpRequest())
    assert context.current() == context.Context()


def test_a_socket_knows_its_id_its_path_and_its_user_and_says_the_id_when_it_accepts() -> None:
    seen: list[context.Context] = []
    sent: list[dict[str, Any]] = []

    class Somebody:
        pk = 42

    async def consumer(scope: Any, receive: Any, send: Any) -> None:
        seen.append(context.current())
        await send({"type": "websocket.accept", "headers": [(b"x-other", b"1")]})
        await send({"type": "websocket.send", "text": "hello"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/ws/bell/",
        "headers": [(b"X-Request-ID", SENT.encode())],
        "user": Somebody(),
    }
    asyncio.run(WebSocketContextMiddleware(WebSocketUserMiddleware(consumer))(scope, None, send))
    assert seen == [context.Context(request_id=SENT, user_id=42, route="/ws/bell/")]
    assert sent == [
        {"type": "websocket.accept", "headers": [(b"x-other", b"1"), (b"x-request-id", SENT.encode())]},
        {"type": "websocket.send", "text": "hello"},
    ]


@pytest.mark.django_db
def test_every_statement_says_where_it_comes_from() -> None:
    with context.bind(request_id=SENT, route="teams:team_detail", task_id="t-1"):
        with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["100%"])
            assert cursor.fetchone() == ("100%",)
            cursor.execute("SELECT 1 % 2")
            assert cursor.fetchone() == (1,)
        comment = f" /*request_id='{SENT}',route='teams:team_detail',task_id='t-1'*/"
        assert captured.captured_queries[0]["sql"] == f"SELECT '100%'{comment}"


@pytest.mark.django_db
def test_a_statement_outside_of_any_work_has_no_comment() -> None:
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        cursor.execute("SELECT %s", ["x"])
    assert captured.captured_queries[0]["sql"] == "SELECT 'x'"


def test_no_value_can_end_the_comment_or_become_a_parameter() -> None:
    with context.bind(request_id="*/; DROP TABLE x; --", route="a'b\\c%s/*\n", task_id="é" * 200):
        assert sql_comment.comment() == (
            f" /*request_id='____DROP_TABLE_x__--',route='a_b_c_s___',task_id='{'_' * 100}'*/"
        )


def test_a_connection_is_dressed_once_however_often_it_reconnects() -> None:
    sql_comment.install(connection=connection)
    sql_comment.install(connection=connection)
    assert connection.execute_wrappers.count(sql_comment._execute) == 1


@override_settings(EMAIL_TRANSPORT="django.core.mail.backends.locmem.EmailBackend")
def test_a_mail_names_the_request_that_caused_it(mailoutbox: list[EmailMessage]) -> None:
    with context.bind(request_id=SENT):
        sent = ContextEmailBackend().send_messages([EmailMessage("Hi", "text", to=["mim@example.com"])])
    assert sent == 1
    assert mailoutbox[0].message()["X-Request-ID"] == SENT


@override_settings(EMAIL_TRANSPORT="django.core.mail.backends.locmem.EmailBackend")
def test_a_mail_outside_of_any_work_has_no_such_header(mailoutbox: list[EmailMessage]) -> None:
    assert ContextEmailBackend().send_messages([EmailMessage("Hi", "text", to=["mim@example.com"])]) == 1
    assert mailoutbox[0].message()["X-Request-ID"] is None
