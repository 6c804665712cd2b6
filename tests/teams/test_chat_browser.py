"""The chat in a real browser: two people, both sizes, with a broken line, without socket, without script."""

import re
import time
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.core import rate_limit
from apps.notifications.models import Notification
from apps.notifications.services import notify
from apps.teams.models import ChatMessage, Team
from apps.teams.services import chat
from apps.teams.services.rosters import leave_team
from tests.teams.people import add_member

SHOTS = settings.BASE_DIR / "var" / "test-artifacts" / "chat"
CHAT = "/teams/dhaka-wolves/chat/"


@pytest.fixture
def crew(live_site: Any, wolves: Team, mim: User, monkeypatch: Any) -> Team:
    add_member(wolves, mim)
    monkeypatch.setattr(rate_limit, "check", lambda *args, **kwargs: None)
    return wolves


def elsewhere(act: Any) -> None:
    """Act from a thread of its own: Playwright's loop occupies this one, and a push needs a loop."""

    def call() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = Thread(target=call)
    thread.start()
    thread.join(60)


def say(author: User, team: Team, *bodies: str) -> None:
    def act() -> None:
        for body in bodies:
            chat.send_message(actor=author, team_id=team.pk, body=body, client_id=uuid4())

    elsewhere(act)


def until(true: Any) -> None:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert true()


def shot(somebody: Any, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    somebody.page.screenshot(path=SHOTS / f"{name}.png")


def write(somebody: Any, words: str) -> None:
    somebody.page.get_by_label("Message to Dhaka Wolves").fill(words)
    somebody.page.get_by_role("button", name="Send message").click()


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_two_people_talk(person: Any, crew: Team, rafi: User, mim: User, viewport: str) -> None:
    one, two = person(viewport), person(viewport)
    for somebody, user in ((one, rafi), (two, mim)):
        somebody.log_in(user)
        somebody.visit(CHAT)
        somebody.page.wait_for_selector("[data-chat][data-live=socket]")
    expect(one.page.get_by_role("heading", name="Nobody has said anything yet")).to_be_visible()
    expect(one.page.locator("[data-chat-here]")).to_have_text("Here: you, mim")
    shot(one, f"empty-{viewport}")

    write(one, "Scrim at nine, @mim?")
    expect(two.page.get_by_text("Scrim at nine, @mim?")).to_be_visible()
    expect(two.page.locator("#m1[data-named]")).to_have_count(1)
    two.page.get_by_label("Message to Dhaka Wolves").press_sequentially("হ্যাঁ")
    expect(one.page.get_by_text("mim is typing…")).to_be_visible()

    two.page.locator("#m1 [data-chat-more]").click()
    two.page.get_by_role("link", name="Reply", exact=True).click()
    expect(two.page.get_by_text("Reply to rafi")).to_be_visible()
    write(two, "হ্যাঁ, রাত ৯টায় আসছি।\nসবাই থাকবে তো?")
    expect(one.page.locator("#m2")).to_contain_text("রাত ৯টায় আসছি")
    expect(one.page.locator("#m2 .chat-quote")).to_contain_text("Scrim at nine")

    expect(one.page.locator("[data-chat-typing]")).to_have_text("")

    # Who looks at the answer is not called to it, and has read the news of it.
    until(Notification.objects.filter(type="teams.chat_reply", read_at__isnull=False).exists)
    expect(one.page.locator("[data-bell-count]")).to_have_text("0")
    assert one.page.locator(".toast").count() == 0
    # What calls for another reason stands clear of where one writes.
    elsewhere(lambda: notify([rafi], "notifications.test"))
    toast = one.page.locator(".toast").filter(has_text="test notification").bounding_box()
    assert toast["y"] + toast["height"] <= one.page.locator("[data-chat-composer]").bounding_box()["y"]
    one.page.locator("#m2 [data-chat-more]").click()
    expect(one.page.get_by_role("button", name="React with fire")).to_be_visible()
    shot(one, f"sheet-{viewport}")
    one.assert_accessible()
    one.page.get_by_role("button", name="React with fire").click()
    expect(two.page.locator("#m2").get_by_role("button", name="fire, 1: rafi")).to_be_visible()
    two.page.locator("#m2").get_by_role("button", name="fire, 1: rafi").click()
    expect(one.page.locator("#m2").get_by_role("button", name="fire, 2: rafi, mim")).to_be_visible()

    one.page.locator("#m1 [data-chat-more]").click()
    one.page.get_by_label("Edit message").fill("Scrim at ten, @mim?")
    one.page.get_by_role("button", name="Save edit").click()
    expect(two.page.locator("#m1")).to_contain_text("Scrim at ten")
    expect(two.page.locator("#m1")).to_contain_text("edited")
    for somebody in (one, two):
        expect(somebody.page.locator("#m2 .chat-quote")).to_contain_text("Scrim at ten")

    say(mim, crew, "Where do we meet?", "I wrote a plan: https://example.com/plan", "Wrong channel, sorry")
    two.page.locator("#m9 [data-chat-more]").click()
    two.page.get_by_role("button", name="Delete message").click()
    expect(one.page.locator("#m9")).to_contain_text("Message deleted.")
    one.page.locator("#m1 [data-chat-more]").click()
    one.page.get_by_role("button", name="Delete message").click()
    for somebody in (one, two):
        expect(somebody.page.locator("#m2 .chat-quote")).to_contain_text("deleted message")
    for somebody in (one, two):
        assert somebody.page.locator("[data-number]").count() == 5
        assert somebody.page.locator("[data-pending]").count() == 0
        somebody.assert_accessible()
        overflow = "document.documentElement.scrollWidth > innerWidth"
        assert somebody.page.evaluate(overflow) is False
    shot(one, f"talk-{viewport}")

    elsewhere(lambda: leave_team(actor=mim, team_id=crew.pk))
    expect(two.page.get_by_text("You are no longer in this chat.")).to_be_visible()


def test_the_composer_stands_above_the_bottom_bar_and_is_big_enough(person: Any, crew: Team, mim: User) -> None:
    somebody = person("phone")
    somebody.log_in(mim)
    say(mim, crew, *[f"Message {number}" for number in range(30)])
    somebody.visit(CHAT)
    page = somebody.page
    send = page.get_by_role("button", name="Send message").bounding_box()
    assert send["y"] + send["height"] <= page.locator(".bottom-bar").bounding_box()["y"]
    # The newest is in sight, without a script having scrolled.
    newest = page.locator("#m30").bounding_box()
    assert newest["y"] + newest["height"] <= send["y"]
    small = page.locator(".chat a:visible, .chat button:visible").evaluate_all(
        "found => found.map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"
    )
    assert small == []


def test_a_broken_line_loses_and_doubles_nothing(person: Any, crew: Team, rafi: User, mim: User) -> None:
    """The short form of ``python -m drills.chat``, which sends 200 and breaks more."""
    one, two = person("desktop"), person("phone")
    lines: list[Any] = []
    two.page.route_web_socket(
        re.compile("/ws/teams/"), lambda socket: lines.append((socket, socket.connect_to_server()))
    )
    for somebody, user in ((one, rafi), (two, mim)):
        somebody.log_in(user)
        somebody.visit(CHAT)
        somebody.page.wait_for_selector("[data-chat][data-live=socket]")

    say(rafi, crew, *[f"Word {number}" for number in range(30)])
    browser_side, server_side = lines.pop()
    server_side.close()
    browser_side.close()
    say(mim, crew, *[f"Word {number}" for number in range(30, 60)])

    for somebody in (one, two):
        expect(somebody.page.locator("[data-number]")).to_have_count(60, timeout=30_000)
        words = somebody.page.locator("[data-number] .chat-body").all_text_contents()
        assert words == [f"Word {number}" for number in range(60)]


def test_what_is_sent_while_the_line_is_down_arrives_once(person: Any, crew: Team, mim: User) -> None:
    """The server takes it and the answer is lost: the browser tries again, and it is the same message."""
    somebody = person("phone")
    somebody.log_in(mim)
    somebody.visit(CHAT)
    somebody.page.wait_for_selector("[data-chat][data-live=socket]")
    tries: list[str] = []

    def lose_the_first_answer(route: Any) -> None:
        tries.append(route.request.method)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    somebody.page.route("**/chat/send/", lose_the_first_answer)
    write(somebody, "Only once")

    expect(somebody.page.locator("[data-pending]")).to_have_count(0)
    expect(somebody.page.locator("[data-number]")).to_have_count(1)
    assert len(tries) == 2
    assert ChatMessage.objects.count() == 1


def test_what_was_typed_outlives_its_page(person: Any, crew: Team, mim: User) -> None:
    """The line is down, the page is closed: the next page sends what waited, and still has what was being typed."""
    somebody = person("phone")
    somebody.log_in(mim)
    somebody.visit(CHAT)
    page = somebody.page
    page.route("**/chat/send/", lambda route: route.abort())
    write(somebody, "Said before the tunnel")
    expect(page.locator("[data-pending]")).to_contain_text("Waiting for the connection…")
    page.get_by_label("Message to Dhaka Wolves").fill("Half a sentence")
    page.unroute("**/chat/send/")
    page.reload()

    expect(page.locator("[data-number]")).to_contain_text("Said before the tunnel")
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(page.get_by_label("Message to Dhaka Wolves")).to_have_value("Half a sentence")
    assert ChatMessage.objects.count() == 1


def test_without_a_socket_it_asks(person: Any, crew: Team, rafi: User, mim: User) -> None:
    somebody = person("phone")
    somebody.log_in(mim)
    somebody.page.route_web_socket(re.compile("/ws/teams/"), lambda socket: socket.close())
    somebody.visit(CHAT)
    somebody.page.wait_for_selector("[data-chat][data-live=poll]", timeout=30_000)
    say(rafi, crew, "By the slow road")
    expect(somebody.page.get_by_text("By the slow road")).to_be_visible()
    write(somebody, "And back")
    expect(somebody.page.locator("[data-number]")).to_have_count(2)


def test_earlier_messages_come_by_pages(person: Any, crew: Team, mim: User) -> None:
    say(mim, crew, *[f"Word {number}" for number in range(120)])
    somebody = person("desktop")
    somebody.log_in(mim)
    somebody.visit(CHAT)
    for shown in (100, 120):
        somebody.page.get_by_role("link", name="Earlier messages").click()
        expect(somebody.page.locator("[data-number]")).to_have_count(shown)
    words = somebody.page.locator("[data-number] .chat-body").all_text_contents()
    assert words == [f"Word {number}" for number in range(120)]
    expect(somebody.page.get_by_role("link", name="Earlier messages")).to_have_count(0)


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_without_script_everything_is_a_form(person: Any, crew: Team, rafi: User, mim: User, viewport: str) -> None:
    say(rafi, crew, "Scrim at nine?")
    somebody = person(viewport, js=False)
    somebody.log_in(mim)
    somebody.visit(CHAT)
    page = somebody.page
    write(somebody, "I come")
    expect(page.locator("#m2")).to_contain_text("I come")
    page.locator("#m1 [data-chat-more]").click()
    page.get_by_role("button", name="React with thumbs up").click()
    expect(page.locator("#m1").get_by_role("button", name="thumbs up, 1: mim")).to_be_visible()
    page.locator("#m1").get_by_role("button", name="thumbs up, 1: mim").click()
    expect(page.locator("#m1 .chat-reactions")).to_have_count(0)
    page.locator("#m1 [data-chat-more]").click()
    page.get_by_role("link", name="Reply", exact=True).click()
    write(somebody, "With my brother")
    expect(page.locator("#m5 .chat-quote")).to_contain_text("Scrim at nine?")
    page.locator("#m2 [data-chat-more]").click()
    page.get_by_label("Edit message").fill("I come at ten")
    page.get_by_role("button", name="Save edit").click()
    expect(page.locator("#m2")).to_contain_text("I come at ten")
    page.locator("#m5 [data-chat-more]").click()
    page.get_by_role("button", name="Delete message").click()
    expect(page.locator("#m5")).to_contain_text("Message deleted.")
    say(rafi, crew, "Good")
    page.get_by_role("link", name="Look for new messages").click()
    expect(page.get_by_text("Good", exact=True)).to_be_visible()
    page.get_by_role("button", name="Mark read").click()
    expect(page.get_by_role("button", name="Mark read")).to_have_count(0)
    page.get_by_role("button", name="Mute the chat").click()
    expect(page.get_by_role("button", name="Unmute the chat")).to_be_visible()
    shot(somebody, f"plain-{viewport}")
