"""Everything that open pages of one process are told, they are told together."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.common.live import Login, logins_that_hold
from apps.notifications import push, selectors, switchboard
from apps.notifications.constants import UNREAD_CAP
from apps.notifications.models import Notification
from apps.notifications.services import mark_read, notify


def log_in(user: User) -> Login:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value, user.pk


class FakePage:
    """A socket that keeps what it is sent."""

    def __init__(self, user_id: int) -> None:
        self.login: Login = (f"session-{user_id}", user_id)
        self.sent: asyncio.Queue[str] = asyncio.Queue()

    async def send(self, *, text_data: str) -> None:
        await self.sent.put(text_data)

    async def close(self, code: int) -> None:
        await self.sent.put(str(code))


class FakeLayer:
    """A channel layer that can be away, and forgets its groups then."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Any] = asyncio.Queue()
        self.away = False
        self.members: set[str] = set()

    async def new_channel(self) -> str:
        return "specific.1"

    async def group_add(self, group: str, channel: str) -> None:
        assert group == push.EVERYWHERE
        if self.away:
            raise ConnectionError("Redis is down")
        self.members.add(channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.members.discard(channel)

    async def receive(self, channel: str) -> Any:
        message = await self.inbox.get()
        if isinstance(message, Exception):
            raise message
        return message


@pytest.fixture
def layer(monkeypatch: Any) -> FakeLayer:
    made = FakeLayer()
    monkeypatch.setattr(switchboard, "get_channel_layer", lambda: made)
    monkeypatch.setattr(switchboard, "RETRY_SECONDS", 0.01)
    return made


@pytest.fixture
def rounds(monkeypatch: Any) -> list[dict[int, Any]]:
    """Stand in for the database: every login holds, and everybody has one unread. Returns what was read for whom."""
    asked: list[dict[int, Any]] = []

    def read(logins: list[Login], news: dict[int, Any]) -> Any:
        asked.append(news)
        return set(logins), {user: selectors.Told(1, [{"id": pk} for pk in sorted(news[user])]) for user in news}

    monkeypatch.setattr(switchboard, "_read", read)
    return asked


async def next_of(page: FakePage) -> str:
    return await asyncio.wait_for(page.sent.get(), 10)


@pytest.mark.asyncio
async def test_what_comes_while_one_round_is_told_is_one_more_round(layer: FakeLayer, rounds: list[Any]) -> None:
    board = switchboard.Switchboard()
    mim, rafi = FakePage(1), FakePage(2)
    await board.join(mim)
    await board.join(rafi)
    for message in ({"created": [[7, 1], [8, 2], [9, 99]]}, {"created": [[10, 1]]}, {"counted": [2]}):
        layer.inbox.put_nowait({"type": "news", **message})

    got = [await next_of(mim), await next_of(mim), await next_of(rafi)]

    assert got == [f'{{"type": "notification", "id": {pk}, "unread": 1}}' for pk in (7, 10, 8)]
    assert rounds == [{1: {7, 10}, 2: {8}}]  # nobody here is 99
    await board.leave(mim)
    await board.leave(rafi)


@pytest.mark.asyncio
async def test_a_layer_that_comes_back_is_joined_again_and_all_pages_ask(layer: FakeLayer, rounds: list[Any]) -> None:
    board = switchboard.Switchboard()
    page = FakePage(1)
    await board.join(page)
    layer.away = True
    layer.members.clear()
    layer.inbox.put_nowait(ConnectionError("Redis is down"))
    while board._hears:
        await asyncio.sleep(0.001)

    with pytest.raises(switchboard.LayerAwayError):
        await board.join(FakePage(2))  # its browser comes back later, and asks without a socket until then

    layer.away = False
    assert await next_of(page) == '{"type": "ask"}'
    assert layer.members == {"specific.1"}
    layer.inbox.put_nowait({"type": "news", "counted": [1]})
    assert await next_of(page) == '{"type": "counted", "unread": 1}'
    await board.leave(page)


@pytest.mark.asyncio
async def test_a_round_that_fails_does_not_silence_the_next(
    layer: FakeLayer, rounds: list[Any], monkeypatch: Any
) -> None:
    board = switchboard.Switchboard()
    page = FakePage(1)
    await board.join(page)
    works = switchboard._read
    failed = asyncio.Event()
    loop = asyncio.get_running_loop()

    def breaks(logins: Any, news: Any) -> Any:
        loop.call_soon_threadsafe(failed.set)
        raise ConnectionError("PostgreSQL is down")

    monkeypatch.setattr(switchboard, "_read", breaks)
    layer.inbox.put_nowait({"type": "news", "counted": [1]})
    await asyncio.wait_for(failed.wait(), 10)
    monkeypatch.setattr(switchboard, "_read", works)
    layer.inbox.put_nowait({"type": "news", "counted": [1]})

    assert await next_of(page) == '{"type": "counted", "unread": 1}'
    await board.leave(page)


@pytest.mark.asyncio
async def test_the_last_page_that_leaves_ends_the_subscription(layer: FakeLayer) -> None:
    board = switchboard.Switchboard()
    pages = [FakePage(1), FakePage(1)]
    for page in pages:
        await board.join(page)
    await board.leave(pages[0])
    assert layer.members == {"specific.1"}
    await board.leave(pages[1])
    assert layer.members == set()

    await board.join(pages[0])
    assert layer.members == {"specific.1"}
    await board.leave(pages[0])


@pytest.mark.django_db
def test_hundreds_of_logins_and_their_news_are_read_by_as_many_statements_as_two(
    django_assert_num_queries: Any,
) -> None:
    people = User.objects.bulk_create(
        User(username=f"person{number}", email=f"person{number}@example.com") for number in range(40)
    )
    logins = [log_in(user) for user in people]
    notify(people, "test.news", context={"text": "Hello"}, fingerprint="hello")
    ids = dict(Notification.objects.values_list("recipient_id", "pk"))
    for some in (logins[:2], logins):
        with django_assert_num_queries(2):  # the sessions; their users
            assert logins_that_hold(some) == set(some)
        with django_assert_num_queries(2):  # the people with how many are unread; the notifications
            told = selectors.live_news({user: {ids[user]} for _, user in some})
        assert {user: (what.unread, what.items[0]["id"]) for user, what in told.items()} == {
            user: (1, ids[user]) for _, user in some
        }


@pytest.mark.django_db
def test_of_many_logins_those_that_ended_are_told_apart(mim: User, rafi: User) -> None:
    good, gone, expired, changed = (log_in(user) for user in (mim, mim, mim, rafi))
    Session.objects.filter(session_key=gone[0]).delete()
    Session.objects.filter(session_key=expired[0]).update(expire_date=timezone.now() - timedelta(seconds=1))
    rafi.set_password("another-long-password")
    rafi.save()
    strangers = (good[0], rafi.pk)

    assert logins_that_hold([good, gone, expired, changed, strangers, ("", mim.pk)]) == {good}


@pytest.mark.django_db
def test_live_news_shows_nobody_what_is_another_s_or_was_hidden_since(mim: User, rafi: User) -> None:
    notify([mim], "test.news", context={"text": "For mim"})
    row = Notification.objects.get()
    assert selectors.live_news({rafi.pk: {row.pk}}) == {rafi.pk: selectors.Told(0, [])}

    Notification.objects.update(in_app=False)
    assert selectors.live_news({mim.pk: {row.pk}}) == {mim.pk: selectors.Told(0, [])}


@pytest.mark.django_db
def test_counting_what_is_unread_stops_where_the_badge_does(mim: User) -> None:
    for number in range(UNREAD_CAP + 2):
        notify([mim], "test.news", context={"text": str(number)})
    assert selectors.live_news({mim.pk: ()}) == {mim.pk: selectors.Told(UNREAD_CAP, [])}
    for pk in Notification.objects.values_list("pk", flat=True)[:5]:
        mark_read(actor=mim, notification_id=pk)
    assert selectors.live_news({mim.pk: ()})[mim.pk].unread == UNREAD_CAP - 3


@pytest.mark.asyncio
async def test_a_driver_that_answers_a_cancellation_by_a_failure_is_stopped_all_the_same(
    layer: FakeLayer, rounds: list[Any], monkeypatch: Any
) -> None:
    monkeypatch.setattr(switchboard, "STOP_SECONDS", 0.01)
    failures = [ConnectionError("Redis is down")]

    async def receive(channel: str) -> Any:
        try:
            return await layer.inbox.get()
        except asyncio.CancelledError:
            if failures:
                raise failures.pop() from None
            raise

    monkeypatch.setattr(layer, "receive", receive)
    board = switchboard.Switchboard()
    page = FakePage(1)
    await board.join(page)
    await asyncio.sleep(0)
    await asyncio.wait_for(board.leave(page), 10)
    assert not failures
    assert not layer.members


@pytest.mark.asyncio
async def test_who_is_cancelled_while_it_leaves_silences_nobody(layer: FakeLayer, rounds: list[Any]) -> None:
    board = switchboard.Switchboard()
    page = FakePage(1)
    await board.join(page)
    leaving = asyncio.create_task(board.leave(page))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)

    await board.join(page)
    layer.inbox.put_nowait({"type": "news", "created": [[7, 1]]})
    assert "7" in await next_of(page)
    await board.leave(page)


@pytest.mark.asyncio
async def test_when_what_listens_died_the_next_page_starts_it_anew_and_the_others_ask(
    layer: FakeLayer, rounds: list[Any]
) -> None:
    board = switchboard.Switchboard()
    mim, rafi = FakePage(1), FakePage(2)
    await board.join(mim)
    board._tasks[0].cancel()
    await asyncio.sleep(0.01)
    await board.join(rafi)
    assert await next_of(mim) == '{"type": "ask"}'
    layer.inbox.put_nowait({"type": "news", "created": [[7, 2]]})
    assert "7" in await next_of(rafi)
    await board.leave(mim)
    await board.leave(rafi)
