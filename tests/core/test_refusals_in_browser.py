"""What a person sees when something does not work, in a real browser."""

from collections.abc import Callable
from typing import Any

from apps.core import problems

FRAGMENT = "htmx.ajax('GET', '/nowhere/either/', {target: 'main'})"


def test_a_refused_piece_of_a_page_is_a_toast_and_the_page_stays(person: Callable[..., Any]) -> None:
    visitor = person("phone")
    visitor.visit("/nowhere/")
    visitor.page.evaluate(FRAGMENT)
    toast = visitor.page.locator("#toasts .toast")
    toast.wait_for()
    assert problems.NOT_FOUND.detail in toast.inner_text()
    assert visitor.page.locator("main h1").inner_text() == problems.NOT_FOUND.title
    toast.get_by_role("button", name="Dismiss").click()
    assert toast.count() == 0


def test_an_answer_that_is_none_of_ours_is_told_as_that(person: Callable[..., Any]) -> None:
    visitor = person("phone")
    visitor.visit("/nowhere/")
    visitor.page.route("**/nowhere/either/", lambda route: route.fulfill(status=502, body="<h1>Bad Gateway</h1>"))
    visitor.page.evaluate(FRAGMENT)
    toast = visitor.page.locator("#toasts .toast")
    toast.wait_for()
    assert "The site did not answer as it should." in toast.inner_text()
    assert visitor.page.locator("main h1").inner_text() == problems.NOT_FOUND.title


def test_the_page_reads_without_javascript_and_leads_on(person: Callable[..., Any]) -> None:
    visitor = person("desktop", js=False)
    assert visitor.visit("/nowhere/").status == 404
    assert visitor.page.locator("main h1").inner_text() == problems.NOT_FOUND.title
    assert visitor.page.locator("main a.button").get_attribute("href") == "/"
    assert len(visitor.page.locator("main code").inner_text()) == 20


def test_the_page_and_the_state_of_the_site_are_accessible(person: Callable[..., Any]) -> None:
    for viewport in ("phone", "desktop"):
        visitor = person(viewport)
        for url in ("/nowhere/", "/health/"):
            visitor.visit(url)
            visitor.assert_accessible()
