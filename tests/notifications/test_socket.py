"""The socket behind the bell, over a real Redis channel layer and through the whole ASGI application."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import logout
from django.db import connections, transaction
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.notifications import push, selectors
from apps.notifications.constants import CATCH_UP_SIZE
from apps.notifications.consumers import NotificationConsumer
from apps.notifications.models import Notification
from apps.notifications.services import mark_all_read, notify
from deltacrown.asgi import application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]

PATH = "/ws/notifications/"
OWN_ORIGIN = b"http://testserver"


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def socket(session: str = "", origin: bytes | None = OWN_ORIGIN) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver")]
    if origin is not None:
        headers.append((b"origin", origin))
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    return WebsocketCommunicator(application, PATH, headers=headers)


Open = Callable[[User], Awaitable[WebsocketCommunicator]]


@pytest_asyncio.fixture(autouse=True)
async def _close_connections() -> Any:
    """Database work of a socket runs in a thread, whose connection would keep the test database from being dropped."""
    yield
    await sync_to_async(connections.close_all)()


@pytest_asyncio.fixture
async def opened() -> Any:
    """Open sockets of people, past the hello; closed in the end."""
    sockets = []

    async def open_for(user: User) -> WebsocketCommunicator:
        communicator = socket(await sync_to_async(session_of)(user))
        connected, _ = await communicator.connect(timeout=10)
        assert connected
        hello = await communicator.receive_json_from(10)
        assert hello["type"] == "hello"
        sockets.append(communicator)
        return communicator

    yield open_for
    for communicator in sockets:
        await communicator.disconnect()


async def code_of_close(communicator: WebsocketCommunicator) -> int:
    message = await communicator.receive_output(10)
    assert message["type"] == "websocket.close", message
    return message["code"]


tell = sync_to_async(notify)


async def test_who_is_not_logged_in_is_told_so_and_hears_nothing() -> None:
    communicator = socket()
    assert (await communicator.connect(timeout=10))[0]
    assert await code_of_close(communicator) == 4401


@pytest.mark.parametrize("origin", [b"https://evil.example", b"null", None])
async def test_a_page_of_another_site_is_refused(mim: User, origin: bytes | None) -> None:
    communicator = socket(await sync_to_async(session_of)(mim), origin)
    assert (await communicator.connect(timeout=10))[0] is False


async def test_hello_says_where_one_stands(mim: User) -> None:
    await tell([mim], "test.news", context={"text": "Hello"})
    row = await Notification.objects.aget()
    communicator = socket(await sync_to_async(session_of)(mim))
    await communicator.connect(timeout=10)

    assert await communicator.receive_json_from(10) == {"type": "hello", "unread": 1, "last_id": row.pk}
    await communicator.disconnect()


async def test_news_arrives_in_every_tab_and_in_nobody_else_s(mim: User, rafi: User, opened: Open) -> None:
    tabs = [await opened(mim), await opened(mim)]
    other = await opened(rafi)

    await tell([mim], "test.news", context={"text": "Hello"})

    row = await Notification.objects.aget()
    for tab in tabs:
        news = await tab.receive_json_from(10)
        assert (news["type"], news["id"], news["title"], news["unread"]) == ("notification", row.pk, "Hello", 1)
        assert news["url"] == f"/notifications/{row.pk}/"
    assert await other.receive_nothing(0.3)


async def test_nothing_is_pushed_before_the_commit_or_after_a_rollback(mim: User, opened: Open) -> None:
    tab = await opened(mim)

    def roll_back() -> None:
        with transaction.atomic():
            notify([mim], "test.news", context={"text": "Never"})
            transaction.set_rollback(True)

    await sync_to_async(roll_back)()
    assert await tab.receive_nothing(0.3)


async def test_marking_read_in_one_tab_counts_again_in_the_other(mim: User, opened: Open) -> None:
    await tell([mim], "test.news", context={"text": "Hello"})
    tab = await opened(mim)
    await sync_to_async(mark_all_read)(actor=mim)
    assert await tab.receive_json_from(10) == {"type": "counted", "unread": 0}


async def test_after_a_reconnect_it_gets_what_it_missed_in_portions(mim: User, opened: Open) -> None:
    await tell([mim], "test.news", context={"text": "Known"})
    known = await Notification.objects.aget()
    count = CATCH_UP_SIZE + 5
    for number in range(count):
        await tell([mim], "test.news", context={"text": str(number)})

    tab = await opened(mim)
    got: list[str] = []
    after, continued = known.pk, False
    while True:
        await tab.send_json_to({"type": "catch_up", "after": after, "continued": continued})
        answer = await tab.receive_json_from(10)
        got += [item["title"] for item in answer["items"]]
        if answer["next"] is None:
            break
        after, continued = answer["next"], True

    assert got == [str(number) for number in range(count)]
    assert answer["unread"] == 56


async def test_a_lower_id_that_commits_later_is_caught_up_too(mim: User, rafi: User, opened: Open) -> None:
    """One transaction takes its id and stays open; another overtakes it; the browser knows only that one."""
    overtaken = asyncio.Event()
    written = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow() -> None:
        try:
            with transaction.atomic():
                notify([mim], "test.news", context={"text": "Slow"})
                loop.call_soon_threadsafe(written.set)
                asyncio.run_coroutine_threadsafe(overtaken.wait(), loop).result(10)
        finally:
            connections.close_all()

    running = asyncio.create_task(asyncio.to_thread(slow))
    await asyncio.wait_for(written.wait(), 10)
    await tell([mim], "test.news", context={"text": "Quick"})
    quick = await Notification.objects.aget(title="Quick")
    overtaken.set()
    await running
    slow_row = await Notification.objects.aget(title="Slow")
    assert slow_row.pk < quick.pk

    tab = await opened(mim)
    await tab.send_json_to({"type": "catch_up", "after": quick.pk})
    answer = await tab.receive_json_from(10)
    assert [item["title"] for item in answer["items"]] == ["Slow"]


async def test_nobody_catches_up_on_another_s(mim: User, rafi: User, opened: Open) -> None:
    await tell([mim], "test.news", context={"text": "For mim"})
    row = await Notification.objects.aget()
    tab = await opened(rafi)
    for after in (0, row.pk, -5, 2**70):
        await tab.send_json_to({"type": "catch_up", "after": after})
        answer = await tab.receive_json_from(10)
        assert (answer["items"], answer["unread"]) == ([], 0)


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "no json",
        "[]",
        "1",
        "{}",
        '{"type": 5}',
        '{"type": "catch_up"}',
        '{"type": "catch_up", "after": "1"}',
        '{"type": "catch_up", "after": true}',
        '{"type": "notification.created", "id": 1}',
        "[" * 4000,
    ],
)
async def test_what_no_browser_of_ours_says_ends_the_socket(mim: User, opened: Open, text: str) -> None:
    tab = await opened(mim)
    await tab.send_to(text_data=text)
    assert await code_of_close(tab) == 4400


async def test_a_message_of_a_megabyte_ends_the_socket(mim: User, opened: Open) -> None:
    for send in ({"text_data": "x" * 1_000_000}, {"bytes_data": b"x" * 1_000_000}):
        tab = await opened(mim)
        await tab.send_to(**send)
        assert await code_of_close(tab) == 4413


async def test_a_flood_ends_the_socket(mim: User, opened: Open, monkeypatch: Any) -> None:
    monkeypatch.setattr(NotificationConsumer, "refill_seconds", 3600)
    tab = await opened(mim)
    for _ in range(40):
        await tab.send_json_to({"type": "catch_up", "after": 0})
    answers = 0
    while (message := await tab.receive_output(10))["type"] == "websocket.send":
        assert json.loads(message["text"])["type"] == "catch_up"
        answers += 1
    assert message["code"] == 4429
    assert answers == 20


async def test_a_logout_closes_the_sockets_of_that_login_only(mim: User, opened: Open) -> None:
    session = await sync_to_async(session_of)(mim)
    here = socket(session)
    await here.connect(timeout=10)
    await here.receive_json_from(10)
    elsewhere = await opened(mim)

    def log_out() -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        request = RequestFactory().get("/")
        request.session = client.session
        request.user = mim
        logout(request)

    await sync_to_async(log_out)()

    assert await code_of_close(here) == 4401
    assert await elsewhere.receive_nothing(0.3)


@pytest.mark.parametrize("end", ["deactivated", "new password", "session revoked"])
async def test_a_login_that_ended_elsewhere_hears_nothing_more(mim: User, end: str) -> None:
    session = await sync_to_async(session_of)(mim)
    tab = socket(session)
    await tab.connect(timeout=10)
    await tab.receive_json_from(10)

    def end_it() -> None:
        if end == "deactivated":
            User.objects.filter(pk=mim.pk).update(is_active=False)
        elif end == "new password":
            mim.set_password("another-long-password")
            mim.save()
        else:
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = session
            client.session.delete()

    if end == "deactivated":
        # Told before, pushed after: the row exists, and still nothing of it is shown.
        await tell([mim], "test.news", context={"text": "Secret"})
        assert (await tab.receive_json_from(10))["title"] == "Secret"
    await sync_to_async(end_it)()
    await sync_to_async(push.read_state_changed)(mim.pk)

    assert await code_of_close(tab) == 4401


@pytest.mark.slow
async def test_a_socket_that_idles_longer_than_redis_waits_still_hears(mim: User, opened: Open) -> None:
    """The Redis client gives up a blocking read after five seconds unless told otherwise; that ended every socket."""
    assert type(get_channel_layer()).__module__ == "channels_redis.core"
    tab = await opened(mim)
    assert await tab.receive_nothing(7.5)

    await tell([mim], "test.news", context={"text": "After a while"})

    assert (await tab.receive_json_from(10))["title"] == "After a while"


class HangingLayer:
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(60)


class BrokenLayer:
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("Redis is down")


@pytest.mark.parametrize("layer", [HangingLayer, BrokenLayer])
async def test_a_channel_layer_that_is_down_does_not_hurt_the_request(mim: User, monkeypatch: Any, layer: type) -> None:
    monkeypatch.setattr(push, "get_channel_layer", layer)
    began = time.monotonic()

    assert await tell([mim], "test.news", context={"text": "Hello"}) == 1

    assert time.monotonic() - began < 10  # of the sixty that the layer hangs
    assert (await sync_to_async(selectors.missed)(mim, after=0))["items"][0]["title"] == "Hello"
