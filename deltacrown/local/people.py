"""A person in a browser: one context of one's own, watched for what no page of ours may do."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from apps.accounts.models import User

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Response

VIEWPORTS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATIENCE = 45_000  # milliseconds: two cores may serve two browsers


@dataclass
class Person:
    """Somebody with a browser window. What their pages do wrong is in ``wrongs``."""

    context: "BrowserContext"
    page: "Page"
    url: str
    wrongs: list[str] = field(default_factory=list)

    def visit(self, path: str) -> "Response | None":
        """Go to ``path``, or to the full address of a link in a mail."""
        return self.page.goto(path if path.startswith("http") else self.url + path)

    def log_in(self, user: User) -> None:
        """Be ``user`` from now on, without the login page: for journeys that are about something else."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])

    def assert_accessible(self) -> None:
        """Have axe look at the page for WCAG 2.2 AA."""
        assert_accessible(self.page)

    def screenshot(self, path: Path) -> None:
        """Keep what the person sees."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=True)


def meet(browser: Any, url: str, viewport: str | dict[str, int], *, js: bool, **options: Any) -> Person:
    """Open a window of ``viewport`` (phone, desktop, or width and height) on the site at ``url``."""
    size = VIEWPORTS[viewport] if isinstance(viewport, str) else viewport
    phone = size["width"] < 600
    window = {"viewport": size, "has_touch": phone, "is_mobile": phone, "java_script_enabled": js, "base_url": url}
    context = browser.new_context(**window | options)
    context.set_default_timeout(PATIENCE)
    person = Person(context, context.new_page(), url)
    own = urlsplit(url).netloc

    def look_at(request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != own:
            person.wrongs.append(f"{request.frame.url} asked a foreign server: {request.url}")

    context.on("request", look_at)
    context.on("weberror", lambda wrong: person.wrongs.append(f"{person.page.url} threw: {wrong.error}"))
    context.on("console", lambda message: _look_at_console(person, message))
    context.on("page", lambda page: page.on("websocket", lambda socket: _look_at_socket(person, socket.url, own)))
    person.page.on("websocket", lambda socket: _look_at_socket(person, socket.url, own))
    return person


def assert_accessible(page: "Page") -> None:
    """Fail with every rule of WCAG 2.2 AA that ``page`` breaks, and where."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(f"{' '.join(map(str, node['target']))}: {node['html'][:200]}" for node in violation["nodes"])
        for violation in found
    ]
    assert not lines, f"{page.url} is not accessible:\n" + "\n".join(lines)  # noqa: S101 - this is for tests


def _look_at_console(person: Person, message: Any) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        person.wrongs.append(f"{person.page.url} broke the content security policy: {message.text}")


def _look_at_socket(person: Person, url: str, own: str) -> None:
    if urlsplit(url).netloc != own:
        person.wrongs.append(f"{person.page.url} opened a foreign socket: {url}")
