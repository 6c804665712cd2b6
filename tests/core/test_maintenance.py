"""The site is closed and opened by a file, with health checks that go on and without asking any server."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from apps.core import maintenance


@pytest.fixture
def flag(tmp_path: Path, settings: Any) -> Path:
    settings.MAINTENANCE_FILE = tmp_path / "var" / "maintenance"
    return Path(settings.MAINTENANCE_FILE)


def told(*words: str) -> str:
    output = StringIO()
    call_command("maintenance", *words, stdout=output)
    return output.getvalue()


def test_closed_is_closed_for_everybody_but_the_health_checks(flag: Path, client: Client) -> None:
    assert told("on").startswith("Closed since 20")
    answer = client.get("/accounts/login/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "120"
    assert "Closed for maintenance" in answer.content.decode()
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_opening_opens(flag: Path, client: Client) -> None:
    told("on")
    assert told("off") == "Open again.\n"
    assert client.get("/accounts/login/").status_code == 200
    assert told("off") == "It was open.\n"
    assert told() == "Open.\n"


def test_closing_twice_keeps_the_first_time(flag: Path) -> None:
    first = maintenance.close()
    flag.write_text("2026-01-01 00:00:00 UTC")
    assert maintenance.close() == "2026-01-01 00:00:00 UTC" != first


def test_the_status_is_an_exit_code_for_scripts(flag: Path) -> None:
    maintenance.close()
    with pytest.raises(SystemExit) as ended:
        told("status")
    assert ended.value.code == 1
