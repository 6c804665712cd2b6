"""Flower starts by one command, on this machine only and behind a login, or not at all."""

import base64
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.core.management.commands import flower
from deltacrown.local import child

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    calls: list[Any] = []
    monkeypatch.setattr(flower.os, "execve", lambda *args: calls.append(args))
    return calls


@pytest.mark.parametrize(
    ("user", "password", "told"),
    [
        ("", "", "Set FLOWER_USER and FLOWER_PASSWORD"),
        ("ops", "", "Set FLOWER_USER and FLOWER_PASSWORD"),
        ("ops", "short", "12 characters or more"),
        ("o:ps", "long-enough-password", "neither colon nor comma"),
        ("ops", "a,comma,ends,the,password", "neither colon nor comma"),
    ],
)
def test_without_a_good_login_it_does_not_start(
    user: str, password: str, told: str, settings: Any, started: list[Any]
) -> None:
    settings.JOBS_INLINE = False
    settings.FLOWER_USER, settings.FLOWER_PASSWORD = user, password
    with pytest.raises(CommandError, match=told):
        call_command("flower")
    assert started == []


def test_without_a_broker_it_does_not_start(settings: Any, started: list[Any]) -> None:
    settings.JOBS_INLINE = True
    settings.FLOWER_USER, settings.FLOWER_PASSWORD = "ops", "long-enough-password"
    with pytest.raises(CommandError, match="no broker"):
        call_command("flower")
    assert started == []


def test_the_password_is_no_word_of_the_command_and_no_variable_opens_it_to_the_world(
    settings: Any, started: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOWER_ADDRESS", "0.0.0.0")
    settings.JOBS_INLINE = False
    settings.FLOWER_USER, settings.FLOWER_PASSWORD = "ops", "long-enough-password"
    call_command("flower", port=5556)
    [(_, command, environment)] = started
    assert "long-enough-password" not in " ".join(command)
    given = {name: value for name, value in environment.items() if name.startswith("FLOWER_")}
    assert given == {
        "FLOWER_ADDRESS": "127.0.0.1",
        "FLOWER_PORT": "5556",
        "FLOWER_BASIC_AUTH": "ops:long-enough-password",
        "FLOWER_READ_ONLY": "True",
    }


@pytest.mark.slow
def test_it_answers_who_knows_the_login_and_nobody_else(tmp_path: Path) -> None:
    port = child.free_port()
    environment = {
        **os.environ,
        "ENVIRONMENT": "testing",
        "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        "FLOWER_USER": "ops",
        "FLOWER_PASSWORD": "long-enough-password",
    }
    command = [sys.executable, "-W", "ignore", "manage.py", "flower", "--port", str(port)]
    log = tmp_path / "flower.log"
    process = child.start(command, log=log, ready=lambda: child.listening(port), environment=environment, folder=ROOT)
    try:
        url = f"http://127.0.0.1:{port}/api/workers"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, timeout=20)
        assert refused.value.code == 401
        login = base64.b64encode(b"ops:long-enough-password").decode()
        asked = urllib.request.Request(url, headers={"Authorization": f"Basic {login}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert answer.status == 200
    finally:
        child.stop(process, signal.SIGTERM)
    assert "long-enough-password" not in log.read_text()
