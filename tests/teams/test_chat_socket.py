"""The chat's socket, over a real Redis channel layer and through the whole ASGI application."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.db import connections
from django.test import Client

from apps.accounts.models import User
from apps.core import rate_limit
from apps.teams import chat_push
from apps.teams.consumers import ChatConsumer
from apps.teams.models import ChatMessage, ChatReader, Team, TeamChat
from apps.teams.services import chat
from apps.teams.services.rosters import leave_team, remove_member
from deltacrown.asgi import application
from tests.teams.people import add_member, make_team, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: Any) -> None:
    monkeypatch.setattr(rate_limit, "check", lambda *args, **kwargs: None)


@pytest_asyncio.fixture(autouse=True)
async def _close_connections() -> Any:
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def crew(wolves: Team, mim: User) -> Team:
    add_member(wolves, mim)
    return wolves


def say(author: User, team: Team, body: str = "Hello", **options: Any) -> ChatMessage:
    options.setdefault("client_id", uuid4())
    return chat.send_message(actor=author, team_id=team.pk, body=body, **options)


async def socket_of(user: User | None, team: Team) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
    if user:
        client = Client()
        await sync_to_async(client.force_login)(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session}".encode()))
    communicator = WebsocketCommunicator(application, f"/ws/teams/{team.pk}/chat/", headers=headers)
    assert (await communicator.connect(timeout=10))[0]
    return communicator


async def code_of_close(communicator: WebsocketCommunicator) -> int:
    while (message := await communicator.receive_output(10))["type"] != "websocket.close":
        pass
    return message["code"]


class Page:
    """What a browser does: remembers the revision, keeps each message in its newest form, asks after a reconnect."""

    def __init__(self, user: User, team: Team) -> None:
        self.user, self.team = user, team
        self.revision = 0
        self.rows: dict[int, tuple[int, str]] = {}
        self.came: list[int] = []

    async def open(self) -> "Page":
        self.socket = await socket_of(self.user, self.team)
        assert (await self.hear("hello"))["type"] == "hello"
        await self.socket.send_json_to({"type": "catch_up", "after": self.revision})
        return self

    async def hear(self, kind: str) -> dict[str, Any]:
        """Take in what comes until something of ``kind`` did."""
        while True:
            message = await self.socket.receive_json_from(10)
            if message["type"] == "changes":
                for item in message["items"]:
                    if item["number"] not in self.rows:
                        self.came.append(item["number"])
                    self.rows[item["number"]] = (item["revision"], item["html"])
                self.revision = message["revision"]
            if message["type"] == kind:
                return message

    async def until(self, revision: int) -> None:
        while self.revision < revision:
            await self.hear("changes")


async def test_two_people_miss_nothing_when_a_connection_drops_among_200_messages(
    crew: Team, rafi: User, mim: User
) -> None:
    assert type(get_channel_layer()).__module__ == "channels_redis.core"
    steady, broken = await Page(rafi, crew).open(), await Page(mim, crew).open()

    def write(author: User, numbers: range) -> None:
        try:
            for number in numbers:
                same = uuid4()
                for _ in range(1 + (number % 10 == 0)):  # every tenth is sent twice, as after a lost answer
                    say(author, crew, f"{author.username} {number}", client_id=same)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        loop = asyncio.get_running_loop()
        writing = [loop.run_in_executor(threads, write, person, range(100)) for person in (rafi, mim)]
        await broken.until(60)
        await broken.socket.disconnect()
        await asyncio.gather(steady.until(120), return_exceptions=False)
        await broken.open()
        await asyncio.gather(*writing, steady.until(200), broken.until(200))

    for page in (steady, broken):
        assert page.came == list(range(1, 201))
        await page.socket.disconnect()
    assert await ChatMessage.objects.acount() == 200
    assert (await TeamChat.objects.aget()).last_revision == 200


async def test_changes_reach_who_was_away_in_the_newest_form(crew: Team, rafi: User, mim: User) -> None:
    page = await Page(mim, crew).open()
    first = await sync_to_async(say)(rafi, crew, "First")
    second = await sync_to_async(say)(rafi, crew, "Second")
    await page.until(2)
    await page.socket.disconnect()
    await sync_to_async(chat.edit_message)(actor=rafi, message_id=first.pk, body="Corrected")
    await sync_to_async(chat.edit_message)(actor=rafi, message_id=first.pk, body="Corrected twice")
    await sync_to_async(chat.delete_message)(actor=rafi, message_id=second.pk)
    await page.open()
    await page.until(5)

    assert "Corrected twice" in page.rows[1][1]
    assert "Message deleted." in page.rows[2][1]
    assert "Second" not in page.rows[2][1]
    assert page.came == [1, 2]
    await page.socket.disconnect()


async def test_a_push_that_was_lost_is_made_up_by_the_next(crew: Team, rafi: User, mim: User, monkeypatch: Any) -> None:
    page = await Page(mim, crew).open()
    with monkeypatch.context() as without:
        without.setattr(chat_push, "send", lambda messages: False)
        await sync_to_async(say)(rafi, crew, "Nobody was told")
    await sync_to_async(say)(rafi, crew, "Everybody was told")
    await page.until(2)
    assert page.came == [1, 2]
    await page.socket.disconnect()


async def test_nothing_is_pushed_of_what_was_refused(crew: Team, rafi: User, mim: User) -> None:
    page = await Page(mim, crew).open()
    await page.hear("changes")
    with pytest.raises(Exception, match="Write something first"):
        await sync_to_async(say)(rafi, crew, " ")
    assert await page.socket.receive_nothing(0.3)
    await page.socket.disconnect()


async def test_strangers_hear_nothing(crew: Team, rafi: User) -> None:
    stranger = await sync_to_async(make_user)()
    other = await sync_to_async(make_team)()
    boss = await sync_to_async(make_user)(is_superuser=True)
    assert await code_of_close(await socket_of(None, crew)) == 4401
    assert await code_of_close(await socket_of(stranger, crew)) == 4403
    assert await code_of_close(await socket_of(boss, crew)) == 4403
    assert await code_of_close(await socket_of(rafi, other)) == 4403
    assert await code_of_close(await socket_of(rafi, Team(pk=10**6))) == 4403


@pytest.mark.parametrize("end", ["left", "removed", "deactivated", "disbanded"])
async def test_who_is_out_is_cut_off_before_the_next_word(crew: Team, rafi: User, mim: User, end: str) -> None:
    page = await Page(mim, crew).open()
    await page.hear("changes")
    if end == "left":
        await sync_to_async(leave_team)(actor=mim, team_id=crew.pk)
    elif end == "removed":
        member = await crew.memberships.aget(profile__user=mim)
        await sync_to_async(remove_member)(actor=rafi, team_id=crew.pk, member_id=member.pk)
    elif end == "deactivated":
        await User.objects.filter(pk=mim.pk).aupdate(is_active=False)
        await sync_to_async(say)(rafi, crew, "A secret")
    else:
        await Team.objects.filter(pk=crew.pk).aupdate(is_active=False)
        await sync_to_async(chat_push.changed)(crew.pk, 1)

    message = await page.socket.receive_output(10)
    assert (message["type"], message["code"]) == ("websocket.close", 4401 if end == "deactivated" else 4403)


async def test_who_is_here_and_who_types_is_told_and_not_kept(crew: Team, rafi: User, mim: User) -> None:
    first = await Page(rafi, crew).open()
    second = await Page(mim, crew).open()
    assert (await first.hear("here"))["name"] == "mim"
    assert (await second.hear("here"))["name"] == "rafi"  # who is here answers who comes

    await second.socket.send_json_to({"type": "typing"})
    typing = await first.hear("typing")
    assert (typing["user"], typing["name"]) == (mim.pk, "mim")

    await second.socket.disconnect()
    assert (await first.hear("gone"))["key"] == typing["key"]
    assert not await ChatReader.objects.aexists()
    assert not await ChatMessage.objects.aexists()
    await first.socket.disconnect()


async def test_reading_moves_the_marker(crew: Team, rafi: User, mim: User) -> None:
    await sync_to_async(say)(rafi, crew)
    page = await Page(mim, crew).open()
    await page.hear("changes")
    await page.socket.send_json_to({"type": "read", "number": 1})
    await page.socket.send_json_to({"type": "catch_up", "after": 1})  # answered after the one before it
    await page.hear("changes")
    assert (await ChatReader.objects.aget(user=mim)).read_number == 1
    await page.socket.disconnect()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", 4400),
        ("[]", 4400),
        ('{"type": "catch_up"}', 4400),
        ('{"type": "catch_up", "after": true}', 4400),
        ('{"type": "read", "number": "1"}', 4400),
        ('{"type": "chat.changed", "revision": 1}', 4400),
        ("x" * 1_000_000, 4413),
    ],
    ids=["no json", "list", "no number", "bool", "text", "foreign", "megabyte"],
)
async def test_what_no_browser_of_ours_says_ends_the_socket(crew: Team, mim: User, text: str, code: int) -> None:
    page = await Page(mim, crew).open()
    await page.hear("changes")
    await page.socket.send_to(text_data=text)
    assert await code_of_close(page.socket) == code


async def test_huge_and_negative_numbers_are_no_harm(crew: Team, mim: User) -> None:
    page = await Page(mim, crew).open()
    await page.hear("changes")
    for after in (-5, 2**70):
        await page.socket.send_json_to({"type": "catch_up", "after": after})
        assert (await page.hear("changes"))["items"] == []
        await page.socket.send_json_to({"type": "read", "number": after})
    await page.socket.send_json_to({"type": "catch_up", "after": 0})
    await page.hear("changes")
    await page.socket.disconnect()


async def test_a_flood_ends_the_socket(crew: Team, mim: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(ChatConsumer, "refill_seconds", 3600)
    page = await Page(mim, crew).open()
    for _ in range(40):
        await page.socket.send_json_to({"type": "typing"})
    closed = None
    while closed is None:
        message = await page.socket.receive_output(10)
        closed = message.get("code") if message["type"] == "websocket.close" else None
        assert closed is not None or json.loads(message["text"])["type"] in {"hello", "changes"}
    assert closed == 4429
