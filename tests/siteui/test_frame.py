"""What every page has around it."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.safestring import mark_safe

from apps.common.navigation import NavItem
from apps.core import slots


@pytest.fixture
def page(monkeypatch):
    """Draw the base page at a path, with slots of the test's own."""
    own: dict = {}
    monkeypatch.setattr(slots, "fillings", lambda name: own.get(name, []))

    def draw(path: str = "/theme/", cookies: dict | None = None, messages: list | None = None, **filled: list) -> str:
        own.update(filled)
        request = RequestFactory().get(path)
        request.user = AnonymousUser()
        request.COOKIES.update(cookies or {})
        request._messages = messages or []
        return render_to_string("siteui/base.html", {}, request=request)

    return draw


def test_a_place_shows_where_you_are(page) -> None:
    html = page("/theme/", nav=[lambda request: NavItem("Looks", "siteui:theme", "sun")])
    assert html.count('<a href="/theme/" aria-current="page">') == 2  # in the header and in the bottom bar


def test_inside_a_place_it_is_current_but_not_the_page(page) -> None:
    html = page("/theme/more/", nav=[lambda request: NavItem("Looks", "siteui:theme", "sun")])
    assert '<a href="/theme/" aria-current="true">' in html


def test_without_places_there_is_no_bar_and_no_dead_link(page) -> None:
    html = page(nav=[lambda request: None, lambda request: NavItem("Store", "ecommerce:not_built", "store")])
    assert "bottom-bar" not in html
    assert "Store" not in html


def test_the_bottom_bar_has_five_places_at_most(page) -> None:
    items = [lambda request, n=n: NavItem(f"Place {n}", "siteui:theme", "sun") for n in range(7)]
    html = page(nav=items)
    bar = html[html.index("bottom-bar") :]
    assert bar.count("<li>") == 5


def test_header_pieces_may_be_html_a_template_or_a_pair(page) -> None:
    html = page(
        header=[
            lambda request: mark_safe("<b>bell</b>"),
            lambda request: ("siteui/components/kbd.html", {"slot": "<i>"}),
            lambda request: None,
        ]
    )
    assert "<b>bell</b>" in html
    assert '<kbd class="kbd">&lt;i&gt;</kbd>' in html


def test_messages_stand_on_the_page_without_javascript_and_are_escaped(page) -> None:
    html = page(messages=[Message(25, "Invite sent to <Rafi>.")])
    assert re.search(r'data-kind="success".*Invite sent to &lt;Rafi&gt;\.', html, re.DOTALL)


@pytest.mark.parametrize(
    ("cookie", "attribute"),
    [("light", ' data-theme="light"'), ("dark", ' data-theme="dark"'), ('"><b>', ' data-theme="dark"'), ("device", "")],
)
def test_the_chosen_theme_is_in_the_first_byte_of_the_page(page, cookie: str, attribute: str) -> None:
    assert f'<html lang="en"{attribute}>' in page(cookies={"theme": cookie})


def test_the_browser_s_bar_follows_the_chosen_theme(page) -> None:
    assert page(cookies={"theme": "light"}).count('name="theme-color"') == 1
    assert page(cookies={"theme": "device"}).count('name="theme-color"') == 2


def test_the_page_has_no_inline_script_or_style(page) -> None:
    html = page()
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert "<style" not in html
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)


def test_a_page_for_bad_times_needs_no_request() -> None:
    html = render_to_string("siteui/base_plain.html", {})
    assert '<main class="site-main" id="main"' in html
    assert "<script" not in html


@pytest.mark.django_db
class TestTheme:
    def test_a_choice_is_kept_in_a_cookie_and_leads_back(self, client: Client) -> None:
        response = client.post("/theme/", {"theme": "light", "next": "/styleguide/"})
        assert (response.status_code, response["Location"]) == (302, "/styleguide/")
        cookie = response.cookies["theme"]
        assert (cookie.value, cookie["samesite"], cookie["max-age"]) == ("light", "Lax", 365 * 24 * 3600)

    def test_as_the_device_is_a_choice_too(self, client: Client) -> None:
        client.cookies["theme"] = "light"
        assert client.post("/theme/", {"theme": "device"}).cookies["theme"].value == "device"

    def test_an_unknown_theme_is_not_kept(self, client: Client) -> None:
        assert client.post("/theme/", {"theme": "neon"}).cookies["theme"].value == ""

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
    def test_it_leads_nowhere_else(self, client: Client, back: str) -> None:
        assert client.post("/theme/", {"theme": "dark", "next": back})["Location"] == "/"

    def test_a_stranger_cannot_choose_for_you(self) -> None:
        response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "light"})
        assert response.status_code == 403
        assert "theme" not in response.cookies
