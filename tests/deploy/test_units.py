"""The unit files say what they should, and our supervisor does what they say."""

import configparser
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.deployer.errors import DeployError
from deploy.deployer.installation import Installation
from deploy.deployer.installing import rendering
from deploy.deployer.installing.command import TIMERS
from deploy.deployer.units import unitfile
from deploy.deployer.units.own import OwnUnits

SYSTEMD = rendering.TEMPLATES / "systemd"
UNIT = """[Service]
WorkingDirectory=/
ExecStart=/bin/sh -c 'echo "$WORD %i"; exec sleep 600'
Environment=WORD=hello
Restart=always
RestartSec=50ms
TimeoutStopSec=5
"""


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def units(tmp_path: Path) -> OwnUnits:
    for name in ("units", "state", "log"):
        (tmp_path / name).mkdir()
    (tmp_path / "units" / "site-sleeper@.service").write_text(UNIT)
    return OwnUnits(tmp_path / "units", tmp_path / "state", tmp_path / "log")


def status(units: OwnUnits, unit: str) -> dict[str, int]:
    read: dict[str, int] = json.loads((units.state / f"{unit}.json").read_text())
    return read


@pytest.mark.slow
def test_a_service_is_started_again_when_it_dies_and_ended_when_asked(units: OwnUnits) -> None:
    unit = "site-sleeper@blue"
    units.start(unit)
    try:
        until(lambda: units.is_active(unit) and "hello blue" in units.last_lines(unit))
        units.start(unit)  # it runs already
        first = status(units, unit)["main"]
        os.kill(first, signal.SIGKILL)
        until(lambda: units.is_active(unit) and status(units, unit)["main"] != first)
        until(lambda: units.last_lines(unit).count("hello blue") == 2)
        assert units.running() == [unit]
    finally:
        assert units.stop(unit, wait=30)
    assert not units.is_active(unit)
    assert units.running() == []


@pytest.mark.slow
def test_a_service_that_fails_at_its_start_is_left_alone_after_some_tries(units: OwnUnits) -> None:
    (units.unit_files / "site-broken.service").write_text(UNIT.replace("exec sleep 600", "exit 3"))
    units.start("site-broken")
    until(lambda: units.is_failing("site-broken") and not units.running())
    assert "hello" in units.last_lines("site-broken")
    assert not units.is_active("site-broken")


@pytest.mark.slow
def test_a_wrong_configuration_is_not_started_twice(units: OwnUnits) -> None:
    text = UNIT.replace("exec sleep 600", "exit 78") + "RestartPreventExitStatus=78\n"
    (units.unit_files / "site-wrong.service").write_text(text)
    units.start("site-wrong")
    until(lambda: units.is_failing("site-wrong") and not units.running())
    assert units.last_lines("site-wrong").count("hello") == 1


def test_a_missing_unit_is_told_with_its_path(units: OwnUnits) -> None:
    with pytest.raises(DeployError, match=r"site-gone\.service is missing"):
        units.start("site-gone")


@pytest.mark.parametrize(
    ("text", "seconds"), [("5", 5), ("31min", 1860), ("50ms", 0.05), ("2h", 7200), ("infinity", float("inf"))]
)
def test_time_spans_are_read_as_systemd_does(text: str, seconds: float) -> None:
    assert unitfile.seconds(text) == seconds


@pytest.mark.parametrize("path", sorted(SYSTEMD.glob("*.service")), ids=lambda path: path.stem)
def test_a_unit_is_whole(path: Path) -> None:
    unit = configparser.ConfigParser(
        strict=False, interpolation=None, delimiters="=", comment_prefixes="#", allow_no_value=False
    )
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # names of settings keep their capitals
    unit.read_string(path.read_text())
    service = unit["Service"]
    assert service["ExecStart"].startswith(("@", "/"))
    assert service["User"] in {"@USER@", "@REDIS_USER@", "postgres"}
    assert service["NoNewPrivileges"] == service["ProtectHome"] == "yes"
    if service["Type"] == "oneshot":  # a timer starts it, and starts it again
        timers = [timer.read_text() for timer in SYSTEMD.glob("*.timer")]
        mine = [timer for timer in timers if f"Unit=@NAME@{path.stem.removeprefix('deltacrown')}" in timer]
        assert mine
        assert all("WantedBy=timers.target" in timer for timer in mine)
        return
    assert service["Restart"] in {"always", "on-failure"}
    assert unit["Install"]["WantedBy"] == "multi-user.target"


def test_every_timer_is_started_by_the_installer() -> None:
    assert {f"deltacrown-{part}.timer" for part in TIMERS} == {path.name for path in SYSTEMD.glob("*.timer")}


def test_systemd_finds_nothing_wrong_with_a_unit_where_it_is_installed(tmp_path: Path) -> None:
    """It need not run for that. Without it this proves only that the units are rendered."""
    variables = {"REDIS_URL": "redis://:a@h:1/0", "CELERY_BROKER_URL": "redis://:b@h:2/0", "DB_PORT": "5432"}
    told = rendering.values(Installation(host="h"), variables, group="root", postgres_bin=None)
    # What is not installed here, or comes with a release only, and users that this machine lacks.
    told |= {"USER": "root", "REDIS_USER": "root", "REDIS_SERVER": "/bin/true"}
    for path in SYSTEMD.iterdir():
        text = rendering.render(f"systemd/{path.name}", told).replace("User=postgres", "User=root")
        name = path.name.replace("@.service", "@incr.service")
        (tmp_path / name).write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    (tmp_path / "wrong.service").write_text("[Service]\nExecStart=/bin/true\nRestart=sometimes\n")
    if analyze := shutil.which("systemd-analyze"):
        words = [analyze, "verify", "--man=no", "--recursive-errors=one", *map(str, sorted(tmp_path.iterdir()))]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert [line for line in done.stderr.splitlines() if "wrong.service" not in line] == []
        assert "wrong.service" in done.stderr


def test_a_worker_may_end_the_longest_job() -> None:
    for part in ("worker", "critical"):
        text = (SYSTEMD / f"deltacrown-celery-{part}@.service").read_text()
        line = next(line for line in text.splitlines() if line.startswith("TimeoutStopSec="))
        assert unitfile.seconds(line.partition("=")[2]) > 30 * 60


def test_every_queue_has_a_worker() -> None:
    text = "".join(path.read_text() for path in SYSTEMD.glob("*celery-*"))
    assert "--queues critical " in text
    assert "--queues default,bulk " in text


def test_the_colours_have_units_for_every_part(site: Installation) -> None:
    from deploy.deployer.installation import BEAT, WEB, WORKERS

    names = {path.name for path in SYSTEMD.glob("*.service")}
    assert {f"{site.unit(part)}@.service" for part in (*WEB, *WORKERS, BEAT)} <= names
