"""What happens before there is an environment. It runs on any Python, so it is loaded from its file."""

import importlib.util
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deltacrown.local.state import ROOT


@pytest.fixture
def bootstrap(monkeypatch, tmp_path):
    specification = importlib.util.spec_from_file_location("bootstrap", ROOT / "scripts" / "bootstrap.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "PYTHON", sys.executable)
    monkeypatch.setattr(module, "READY", str(tmp_path / "ready"))
    return module


def test_a_taken_port_is_named_before_the_environment_is_made():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        command = [sys.executable, str(ROOT / "scripts" / "bootstrap.py"), "run", "--port", str(port)]

        done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout == ""
    assert f"Port {port} is taken by another program on this machine." in done.stderr


@pytest.mark.parametrize("word", ["eight", "0", "65536", "-1", ""])
def test_a_port_that_is_none_is_refused(bootstrap, word):
    with pytest.raises(SystemExit, match="must be a number from 1 to 65535"):
        bootstrap.check_port(word)


def test_an_old_python_is_told_what_to_do(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "NEWER", ())
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"DeltaCrown needs Python 3\.11 or newer"):
        bootstrap.use_new_enough_python()


def test_an_old_python_hands_over_to_a_newer_one(bootstrap, monkeypatch):
    handed = []
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/opt/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(bootstrap.os, "execv", lambda *words: handed.append(words[0]) or sys.exit())

    with pytest.raises(SystemExit):
        bootstrap.use_new_enough_python()

    assert handed == ["/opt/python3.12"]


def test_an_environment_that_is_ready_is_left_alone(bootstrap, monkeypatch):
    ran = []
    Path(bootstrap.READY).write_text(bootstrap.wanted())
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda words, **_: ran.append(words) or 0)

    bootstrap.setup()

    assert ran == [[sys.executable, "-c", "import django"]]


def test_packages_are_installed_by_hash_when_the_pins_changed(bootstrap, monkeypatch):
    ran = []
    Path(bootstrap.READY).write_text("other pins")
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda words, **_: ran.append(words) or 0)

    bootstrap.setup()

    assert [("--require-hashes" in words, "compileall" in words) for words in ran[-2:]] == [
        (True, False),
        (False, True),
    ]
    assert bootstrap.present() == bootstrap.wanted()


def test_an_installation_that_failed_is_tried_again_next_time(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda words, **_: int("install" in words))

    with pytest.raises(SystemExit, match="could not be installed"):
        bootstrap.setup()

    assert bootstrap.present() == ""
