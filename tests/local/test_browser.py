"""The fixtures that journeys use."""

import os
import shutil
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model

from deltacrown.local.state import ROOT


def test_a_person_sees_a_page_with_its_style(person):
    visitor = person("phone")

    answer = visitor.visit("/admin/login/")

    assert answer.status == 200
    assert visitor.page.viewport_size == {"width": 390, "height": 844}
    assert visitor.page.evaluate("document.styleSheets.length") > 0


def test_two_people_have_cookies_of_their_own(person):
    first, second = person("phone"), person("desktop")
    first.context.add_cookies([{"name": "crown", "value": "delta", "url": first.url}])

    assert [cookie["name"] for cookie in first.context.cookies()] == ["crown"]
    assert second.context.cookies() == []


@pytest.mark.slow
def test_journeys_that_cannot_run_are_named_loudly_at_the_end(tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("setpriv", "redis-server"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    (tmp_path / "test_way.py").write_text("def test_way(browser):\n    pass\n")
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--rootdir", ".", "-q", "-n", "1", str(tmp_path)]

    # With servers of its own: on ours its first worker would take, and empty, what our first worker has.
    foreign = ("PYTEST", "DB_", "REDIS_", "DELTACROWN")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment["PATH"] = str(programs)

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert "1 JOURNEYS DID NOT RUN" in done.stdout
    assert "test_way.py::test_way\nReason: no browser: none of chromium," in done.stdout
    assert "1 skipped" in done.stdout
    assert done.returncode == 0


HELLO = """
() => new Promise((resolve) => {
    const socket = new WebSocket(`ws://${location.host}/ws/notifications/`);
    socket.onmessage = (event) => resolve(JSON.parse(event.data).type);
    socket.onclose = (event) => resolve(`closed ${event.code}`);
})
"""


def test_the_site_sees_what_the_test_commits_and_speaks_websocket(person):
    member = person("phone")
    member.log_in(get_user_model().objects.create_user(username="rafi", email="rafi@example.com"))
    member.visit("/admin/login/")

    assert member.page.evaluate(HELLO) == "hello"


def test_a_page_that_asks_another_server_is_caught(person, live_site):
    visitor = person("desktop")
    visitor.visit("/accounts/login/")

    visitor.page.evaluate("fetch('http://127.0.0.1:9/elsewhere').catch(() => 0)")

    assert any("http://127.0.0.1:9/elsewhere" in wrong for wrong in visitor.wrongs)
    visitor.wrongs.clear()


def test_accessible_is_what_axe_finds_nothing_wrong_with(person):
    visitor = person("desktop")
    visitor.page.set_content("<html lang='en'><title>Crown</title><main><h1>Crown</h1></main></html>")
    visitor.assert_accessible()

    visitor.page.set_content("<html lang='en'><title>Crown</title><main><h1>Crown</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        visitor.assert_accessible()
