"""Fixtures of the journeys: the site, a browser, and people with windows. Named in pyproject.toml.

Playwright's loop runs in the thread of the tests for as long as its browser does, and no other loop can then run
there. So the browser lives as long as a test module, and tests with a loop of their own stay out of such modules.
"""

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from deltacrown.local import child
from deltacrown.local.state import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from deltacrown.local.live_site import LiveSite
    from deltacrown.local.people import Person

ARTIFACTS = ROOT / "var" / "test-artifacts"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]
NO_BROWSER = f"no browser: none of {', '.join(PROGRAMS)} is on this machine"
QUIET_LOOKS = 3  # so often in a row nothing runs in the database, a twentieth of a second apart
_people = pytest.StashKey[list["Person"]]()


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that needs a browser as a journey, wherever it is."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("journey")


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A headless Chromium of this machine."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the loop in this thread is Playwright's; nothing awaits the ORM
    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=program, args=FLAGS)
            yield started
            started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def live_site_process(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["LiveSite"]:
    """The site's process, one for all journeys of a worker. Ask for ``live_site`` instead."""
    from django.db import connection

    from deltacrown.local import live_site

    site, process = live_site.start(tmp_path_factory.mktemp("site"), database=connection.settings_dict["NAME"])
    yield site
    child.stop(process, signal.SIGKILL)
    # PostgreSQL notices a killed client when it next writes to it; until then the database can't be dropped.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
def live_site(transactional_db: None, live_site_process: "LiveSite") -> Iterator["LiveSite"]:
    """The site on the test's database, with pages, WebSocket and static files; jobs run in its process.

    ``live_site.url`` is its address, ``live_site.mails(to=…)`` are the mails it sent.
    """
    live_site_process.forget()
    yield live_site_process
    _wait_until_quiet()


def _wait_until_quiet(seconds: float = 10.0) -> None:
    """Let the site end what closed pages had begun: emptying the tables under it would deadlock with it."""
    from django.db import connection

    deadline, quiet = time.monotonic() + seconds, 0
    while quiet < QUIET_LOOKS and time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
        time.sleep(0.05)


@pytest.fixture
def person(
    request: pytest.FixtureRequest, browser: "Browser", live_site: "LiveSite"
) -> Iterator[Callable[..., "Person"]]:
    """Meet somebody: ``person("phone")``, ``person("desktop", js=False)``. Each has cookies of their own.

    The test fails when a page of theirs asks another server, throws, or breaks the content security policy.
    """
    from deltacrown.local import people

    met = request.node.stash.setdefault(_people, [])

    def meet(viewport: str | dict[str, int] = "phone", *, js: bool = True, **options: Any) -> people.Person:
        somebody = people.meet(browser, live_site.url, viewport, js=js, **options)
        met.append(somebody)
        return somebody

    yield meet
    wrongs = [wrong for somebody in met for wrong in somebody.wrongs]
    for somebody in met:
        somebody.context.close()
    met.clear()
    assert not wrongs, "\n".join(wrongs)  # noqa: S101 - this is for tests


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Keep what people saw when a journey failed, and show what the site wrote."""
    report = yield
    no_one: list[Person] = []
    if report.when == "call" and report.failed:
        met = item.stash.get(_people, no_one)
        for number, somebody in enumerate(met, 1):
            path = ARTIFACTS / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', item.nodeid)}-{number}.png"
            somebody.screenshot(path)
            report.sections.append(("Screenshot", f"{path} of {somebody.page.url}"))
        site = getattr(item, "funcargs", {}).get("live_site")
        if site is not None:
            report.sections.append(("Site's log", site.log()[-6000:]))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say loudly which journeys did not run: a green line must not hide them."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if not skipped:
        return
    terminalreporter.section(f"{len(skipped)} JOURNEYS DID NOT RUN", red=True, bold=True)
    for report in skipped:
        terminalreporter.line(report.nodeid)
    terminalreporter.line(f"Reason: {NO_BROWSER}. On Debian and Ubuntu: apt-get install chromium")
