"""Root's commands in an installed release act as the site's user."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deltacrown.environment import BASE_DIR

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="Nobody but root can become somebody else.")
ACT = """import os, sys, pathlib
from deltacrown import site_user

site_user.become(sys.argv[1], pathlib.Path(sys.argv[2]))
print(os.geteuid(), os.getegid())
"""
NOBODY = (65534, 65534)


def ids(command: str, state: Path) -> str:
    words = [sys.executable, "-c", ACT, command, str(state)]
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=BASE_DIR).stdout.strip()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", *NOBODY)
    (tmp_path / "var").symlink_to(tmp_path / "state")
    return tmp_path / "var"


@pytest.mark.parametrize(
    ("command", "becomes"), [("backup", "65534 65534"), ("", "65534 65534"), ("pitr", "0 0"), ("runbook", "0 0")]
)
def test_a_release_is_acted_on_by_its_user(state: Path, command: str, becomes: str) -> None:
    assert ids(command, state) == becomes


def test_a_checkout_is_acted_on_by_whoever_does(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    os.chown(tmp_path / "var", *NOBODY)
    assert ids("backup", tmp_path / "var") == "0 0"
    assert ids("backup", tmp_path / "none") == "0 0"


def test_a_log_that_root_opens_first_belongs_to_the_site(tmp_path: Path) -> None:
    os.chown(tmp_path, *NOBODY)
    act = (
        "import logging, sys; from apps.core.logging.handlers import SharedFileHandler\n"
        "logging.getLogger().addHandler(SharedFileHandler(sys.argv[1])); logging.warning('hello')"
    )
    path = tmp_path / "django.log"
    subprocess.run([sys.executable, "-c", act, str(path)], check=True, cwd=BASE_DIR, capture_output=True)
    assert path.read_text() == "hello\n"
    assert path.stat().st_uid == NOBODY[0]
