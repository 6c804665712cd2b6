"""``make run`` for real: each test starts the platform, or a part of it, in a folder of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from deltacrown.local import binaries, child, privileges, run, servers
from deltacrown.local.state import ROOT, State

COMMAND = "import sys; from pathlib import Path; from deltacrown.local import run, state; "
# What the suite's own servers set must not reach a platform that starts its own.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not re.match("DB_|REDIS_|DJANGO_|ENVIRONMENT|PYTEST|DELTACROWN", name)
}


def start(var, call, **variables):
    """Start a command on the folder ``var``; what it writes goes to ``var.log``."""
    with Path(f"{var}.log").open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-c", f"{COMMAND} sys.exit({call.format(state=f'state.State(Path({str(var)!r}))')})"],
            cwd=ROOT,
            env=PLAIN | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def log(var):
    return Path(f"{var}.log").read_text()


def wait_for(words, var, process, seconds=90):
    deadline = time.monotonic() + seconds
    while words not in log(var):
        assert process.poll() is None, log(var)
        assert time.monotonic() < deadline, log(var)
        time.sleep(0.1)


def descendants(pid):
    """Return the ids of all processes below ``pid``."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children = {}
    for line in listing.splitlines():
        one, parent = map(int, line.split())
        children.setdefault(parent, []).append(one)
    found = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def wait_until_gone(pids, seconds=15):
    deadline = time.monotonic() + seconds
    while any(map(child.alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [pid for pid in pids if child.alive(pid)]


@pytest.fixture
def var(tmp_path):
    return tmp_path / "var"


def test_a_taken_port_is_named_before_anything_starts(var):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        process = start(var, f"run.run({port}, {{state}})")

        assert process.wait(20) == 1
    assert f"Port {port} is taken by another program" in log(var)
    assert f"make run PORT={port + 1}" in log(var)
    assert not State(var).servers.exists()
    assert not (var / "postgresql").exists()


def test_a_port_for_root_only_is_not_called_taken(monkeypatch):
    def refuse(port):
        raise PermissionError

    monkeypatch.setattr(child, "bind", refuse)
    monkeypatch.setattr(child, "listening", lambda port: False)  # this machine may have a web server

    with pytest.raises(run.CannotStartError, match="Port 80 is for root only on this machine"):
        run.check_port(80)


def test_production_is_not_run_by_the_developers_command(var):
    process = start(var, "run.run_servers({state})", ENVIRONMENT="production")

    assert process.wait(20) == 1
    assert "ENVIRONMENT is production: this command is for development only." in log(var)


def test_nothing_to_start_is_said(var):
    process = start(var, "run.run_servers({state})", DB_HOST="db.example.com", REDIS_URL="redis://cache.example.com")

    assert process.wait(20) == 1
    assert "There is nothing to start" in log(var)


@pytest.mark.slow
def test_servers_are_found_while_they_run_and_end_with_make_stop(var):
    process = start(var, "run.run_servers({state})")
    wait_for("Ctrl-C ends them.", var, process)
    found = servers.running(var)
    assert {"DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD"} <= found.keys()
    database = next(
        server for server in json.loads(State(var).servers.read_text())["servers"] if server["name"] == "PostgreSQL"
    )
    os.kill(database["pid"], signal.SIGKILL)
    wait_for("PostgreSQL ended (SIGKILL); starting it again in 1 s.", var, process)
    deadline = time.monotonic() + 20
    while servers.running(var) != found and time.monotonic() < deadline:
        time.sleep(0.1)
    assert servers.running(var) == found
    second = subprocess.run(
        [sys.executable, "-c", f"{COMMAND} run.run_servers(state.State(Path({str(var)!r})))"],
        cwd=ROOT,
        env=PLAIN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"DeltaCrown runs already in this folder (process {process.pid}). `make stop` ends it." in second.stdout

    stopping = start(var, "print(run.stop({state}))")

    assert stopping.wait(30) == 0
    assert process.wait(5) == 0
    assert servers.running(var) == {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent died")
def test_the_platform_starts_ends_and_starts_again_after_a_kill(var):
    port = child.free_port()
    first = start(var, f"run.run({port}, {{state}})")
    wait_for("DeltaCrown runs: ", var, first)
    processes = descendants(first.pid)
    commands = "\n".join(Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in processes)

    for part in ("postgres", "runserver", "celery", *(["redis-server"] if binaries.redis() else [])):
        assert part in commands
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/") as page:
        assert page.status == 200

    first.kill()
    first.wait()
    assert wait_until_gone(processes) == []
    assert State(var).servers.exists(), "a killed supervisor cannot tidy up"

    second = start(var, f"run.run({port}, {{state}})")
    wait_for("DeltaCrown runs: ", var, second)
    processes = descendants(second.pid)
    second.terminate()

    assert second.wait(30) == 0
    assert wait_until_gone(processes) == []
    assert "Demo data" not in log(var), "the second start keeps the data"
    assert not State(var).servers.exists()


@pytest.mark.slow
def test_the_site_runs_in_one_process_without_servers(tmp_path):
    port = child.free_port()
    variables = PLAIN | {
        "DB_ENGINE": "django.db.backends.sqlite3",
        "DB_NAME": str(tmp_path / "site.sqlite3"),
        "REDIS_URL": "",
        "MEDIA_ROOT": str(tmp_path / "media"),
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=variables, check=True)
    seeding = subprocess.run(
        [*manage, "seed_demo"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )
    assert seeding.returncode == 0, seeding.stderr
    site = child.start(
        [
            *privileges.prefix(needs=(), drop=False, at_death=signal.SIGKILL),
            *manage,
            "runserver",
            "--noreload",
            f"127.0.0.1:{port}",
        ],
        log=tmp_path / "site.log",
        ready=lambda: child.listening(port),
        environment=variables,
        folder=ROOT,
    )
    try:
        assert descendants(site.pid) == []
        for path in ("/", "/accounts/login/", "/accounts/signup/", "/admin/login/"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as page:
                assert page.status == 200, path
    finally:
        child.stop(site, signal.SIGKILL)
