"""The bell and the list in a real browser, on a phone and at a desk, with and without JavaScript."""

import re
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.notifications.models import Notification
from apps.notifications.services import mark_all_read, notify

SHOTS = settings.BASE_DIR / "var" / "test-artifacts" / "notifications"


def tell(user: User, type: str = "notifications.test", **options: Any) -> None:
    """Notify from a thread of its own: Playwright's loop occupies this one, and a push needs a loop."""

    def call() -> None:
        try:
            notify([user], type, **options)
        finally:
            connections.close_all()

    thread = Thread(target=call)
    thread.start()
    thread.join(10)


def shot(somebody: Any, name: str) -> Path:
    path = SHOTS / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    somebody.page.screenshot(path=path)
    return path


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_news_arrives_live_in_the_bell(person: Any, mim: User, viewport: str) -> None:
    somebody = person(viewport)
    somebody.log_in(mim)
    somebody.visit("/notifications/")
    page = somebody.page
    page.wait_for_selector("[data-bell][data-live=socket]")
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    somebody.assert_accessible()
    shot(somebody, f"empty-{viewport}")

    tell(mim)

    expect(page.locator("[data-bell-count]")).to_have_text("1")
    expect(page.locator("summary[aria-label='Notifications, 1 unread']")).to_be_visible()
    toast = page.locator("#toasts").get_by_role("link", name="This is a test notification")
    expect(toast).to_be_visible()
    expect(page.get_by_text("1 new notification. Show")).to_be_visible()
    shot(somebody, f"toast-{viewport}")

    page.locator("[data-bell] summary").click()
    entry = page.locator("[data-bell-panel]").get_by_role("button", name="This is a test notification")
    expect(entry).to_be_visible()
    somebody.assert_accessible()
    shot(somebody, f"menu-{viewport}")

    entry.click()
    page.wait_for_url("**/notifications/preferences/")
    expect(page.locator("[data-bell-count]")).to_be_hidden()
    assert Notification.objects.get().is_read is True
    page.reload()
    somebody.assert_accessible()
    shot(somebody, f"preferences-{viewport}")


def test_a_toast_marks_read_when_it_is_followed(person: Any, mim: User) -> None:
    somebody = person("phone")
    somebody.log_in(mim)
    somebody.visit("/notifications/")
    somebody.page.wait_for_selector("[data-bell][data-live=socket]")
    tell(mim)

    somebody.page.locator("#toasts").get_by_role("link", name="This is a test notification").click()

    somebody.page.wait_for_url("**/notifications/preferences/")
    assert Notification.objects.get().is_read is True


def test_a_connection_that_broke_catches_up_and_doubles_nothing(person: Any, mim: User) -> None:
    somebody = person("desktop")
    somebody.log_in(mim)
    sockets: list[Any] = []
    somebody.page.route_web_socket(
        re.compile("/ws/notifications/"), lambda ws: sockets.append((ws, ws.connect_to_server()))
    )
    somebody.visit("/notifications/")
    page = somebody.page
    page.wait_for_selector("[data-bell][data-live=socket]")
    tell(mim, fingerprint="before")
    expect(page.locator("#toasts .toast")).to_have_count(1)

    browser_side, server_side = sockets.pop()
    server_side.close()
    browser_side.close()
    tell(mim, fingerprint="while away")

    expect(page.locator("[data-bell-count]")).to_have_text("2")
    page.wait_for_selector("[data-bell][data-live=socket]")
    expect(page.get_by_text("2 new notifications. Show")).to_be_visible()
    assert page.locator("#toasts .toast").count() <= 2


def test_without_a_socket_it_asks(person: Any, mim: User) -> None:
    somebody = person("phone")
    somebody.log_in(mim)
    somebody.page.route_web_socket(re.compile("/ws/notifications/"), lambda ws: ws.close())
    somebody.visit("/notifications/")
    somebody.page.wait_for_selector("[data-bell][data-live=poll]", timeout=20_000)
    mark_all_read(actor=mim)
    tell(mim)
    somebody.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(somebody.page.locator("[data-bell-count]")).to_have_text("1", timeout=45_000)


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_list_marks_moves_and_filters(person: Any, mim: User, rafi: User, viewport: str) -> None:
    for number in range(30):
        notify([mim], "notifications.test", actor=rafi if number % 3 else None, fingerprint=str(number))
        if number == 20:
            mark_all_read(actor=mim)
    somebody = person(viewport)
    somebody.log_in(mim)
    page = somebody.page
    somebody.visit("/notifications/")
    expect(page.get_by_role("link", name="Unread 9")).to_be_visible()
    somebody.assert_accessible()
    shot(somebody, f"list-{viewport}")

    first = page.locator(".notice").first
    first.get_by_role("button", name="Mark read").click()
    expect(first.get_by_role("button", name="Mark unread")).to_be_visible()
    expect(page.locator("[data-bell-count]")).to_have_text("8")
    expect(page.get_by_role("link", name="Unread 8")).to_be_visible()

    # The focus stays in the row that was marked, so one step leads to the second.
    page.keyboard.press("j")
    expect(page.locator(".notice").nth(1).locator("[data-notice]")).to_be_focused()

    page.get_by_role("link", name="Older").click()
    expect(page.locator(".notice")).to_have_count(5)
    page.get_by_role("link", name=re.compile("^Unread")).click()
    expect(page.locator(".notice")).to_have_count(8)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.get_by_role("heading", name="All caught up")).to_be_visible()
    somebody.assert_accessible()


def test_more_of_the_same_renews_its_line_and_adds_none(person: Any, mim: User, rafi: User, make_user: Any) -> None:
    def follow(actor: User) -> None:
        tell(mim, type="notifications.followed", actor=actor, subject=actor)

    follow(rafi)
    somebody = person("phone")
    somebody.log_in(mim)
    page = somebody.page
    somebody.visit("/notifications/")
    page.wait_for_selector("[data-bell][data-live=socket]")

    follow(make_user("tanvir"))
    line = page.locator(".notice")
    expect(line.locator(".notice-title")).to_contain_text("tanvir and 1 other follow you")
    expect(line).to_have_count(1)
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    expect(page.locator("[data-bell-new]")).to_be_hidden()
    page.get_by_role("link", name="Why did I get this").click()
    expect(page.get_by_text("It speaks for 2 pieces of the same news")).to_be_visible()
    somebody.assert_accessible()


def test_everything_works_without_javascript(person: Any, mim: User) -> None:
    tell(mim)
    somebody = person("phone", js=False)
    somebody.log_in(mim)
    page = somebody.page
    somebody.visit("/notifications/preferences/")
    page.locator("[data-bell] summary").click()
    page.get_by_role("link", name="See all notifications").click()
    page.get_by_role("button", name="Mark read").click()
    page.get_by_role("button", name="Mark unread").click()
    page.get_by_role("button", name="Unread: This is a test notification").click()
    page.wait_for_url("**/notifications/preferences/")
    page.get_by_label("Send me notifications by e-mail").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Send me notifications by e-mail")).not_to_be_checked()
    assert Notification.objects.get().is_read is True


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_a_kind_of_news_is_switched_off(person: Any, mim: User, viewport: str) -> None:
    somebody = person(viewport)
    somebody.log_in(mim)
    somebody.visit("/notifications/preferences/")
    page = somebody.page
    shot(somebody, f"preferences-{viewport}")
    box = page.get_by_label("Test notifications: E-mail")
    expect(box).to_be_checked()
    assert box.locator("xpath=..").bounding_box()["height"] >= 44

    box.uncheck()
    page.get_by_role("button", name="Save choices").click()

    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Test notifications: E-mail")).not_to_be_checked()
    somebody.assert_accessible()
