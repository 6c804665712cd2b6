"""The public pages and the member's home in a real browser: readable for everybody, in both sizes and both themes."""

from typing import Any

import pytest

from tests.teams.people import make_team, make_user

PATHS = ["/", "/about/", "/faq/", "/faq/?q=riot", "/terms/", "/privacy/", "/contact/", "/contact/sent/", "/teams/"]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_public_pages_are_accessible(person: Any, viewport: str, theme: str) -> None:
    make_team("Dhaka Wolves", captain=make_user("rafi"), tag="DW", slug="dhaka-wolves", is_recruiting=True)
    visitor = person(viewport)
    visitor.context.add_cookies([{"name": "theme", "value": theme, "url": visitor.url}])
    for path in PATHS:
        visitor.visit(path)
        visitor.assert_accessible()
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= visitor.page.viewport_size["width"], path


@pytest.mark.parametrize("viewport", ["phone", "desktop"])
def test_the_members_home_is_accessible(person: Any, viewport: str) -> None:
    rafi = make_user("rafi")
    make_team("Dhaka Wolves", captain=rafi, tag="DW", slug="dhaka-wolves")
    member = person(viewport)
    member.log_in(rafi)
    member.visit("/")
    member.page.get_by_role("heading", name="My teams").wait_for()
    member.assert_accessible()
