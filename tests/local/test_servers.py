import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from deltacrown.local import binaries, child, postgresql, redis, servers
from deltacrown.local.state import ROOT, State


@pytest.mark.django_db
def test_the_suite_runs_on_postgresql_that_sorts_by_code_point():
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SELECT datlocale FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("C.UTF-8",)


def test_the_suite_has_a_redis_cache():
    cache.set("crown", "delta", 10)

    assert cache.get("crown") == "delta"
    assert settings.CACHES["default"]["LOCATION"].startswith("redis://")


@pytest.mark.slow
def test_a_test_file_outside_the_checkout_gets_servers_and_fixtures(tmp_path):
    (tmp_path / "test_elsewhere.py").write_text(
        "from urllib.request import urlopen\n"
        "def test_elsewhere(live_site):\n"
        "    assert urlopen(live_site.url + '/admin/login/').status == 200\n"
    )
    plain = {
        name: value for name, value in os.environ.items() if not re.match("DB_|REDIS_|DJANGO_|ENVIR|PYTEST|DELTA", name)
    }
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "--rootdir", ".", "-q", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


class TestRunning:
    """``servers.running`` is what the settings ask in development."""

    @pytest.fixture
    def port(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            yield listener.getsockname()[1]

    def note(self, tmp_path, pid, port):
        variables = {"DB_PORT": str(port)}
        State(tmp_path).note_server({"name": "PostgreSQL", "pid": pid, "port": port, "variables": variables})

    def test_nothing_runs_in_a_new_checkout(self, tmp_path):
        assert servers.running(tmp_path / "var") == {}

    def test_a_server_that_runs_is_found(self, tmp_path, port):
        self.note(tmp_path, os.getpid(), port)

        assert servers.running(tmp_path) == {"DB_PORT": str(port)}

    def test_a_server_that_was_started_again_takes_the_place_of_the_first(self, tmp_path, port):
        self.note(tmp_path, os.getpid(), child.free_port())
        self.note(tmp_path, os.getpid(), port)

        assert servers.running(tmp_path) == {"DB_PORT": str(port)}
        assert len(json.loads((tmp_path / "servers.json").read_text())["servers"]) == 1

    def test_a_server_whose_process_ended_is_not(self, tmp_path, port):
        ended = subprocess.Popen(["true"])
        ended.wait()
        self.note(tmp_path, ended.pid, port)

        assert servers.running(tmp_path) == {}

    def test_a_server_that_does_not_listen_is_not(self, tmp_path):
        self.note(tmp_path, os.getpid(), child.free_port())

        assert servers.running(tmp_path) == {}

    def test_a_file_that_was_cut_off_is_no_server(self, tmp_path):
        (tmp_path / "servers.json").write_text('{"servers": [{"pid"')

        assert servers.running(tmp_path) == {}

    def test_the_passwords_are_for_their_owner_only(self, tmp_path):
        state = State(tmp_path)
        self.note(tmp_path, os.getpid(), 1)
        state.remembered()

        for path in (state.servers, tmp_path / "secrets.json"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert state.remembered() == json.loads((tmp_path / "secrets.json").read_text())


class TestLeftovers:
    """What a supervisor leaves behind that was killed must not stop the next start."""

    @pytest.fixture
    def start(self, tmp_path):
        started = []
        folder = tmp_path

        def start():
            started.append(postgresql.start(folder / "data", password="secret", log=folder / "log"))
            return started[-1]

        yield start
        for server in started:
            server.stop(keep=False)

    def test_a_postgresql_that_still_runs_is_replaced(self, start):
        first = start()

        second = start()

        assert first.process.wait(5) == 0
        assert second.process.poll() is None

    def test_a_postgresql_that_was_killed_starts_again(self, start):
        first = start()
        first.process.kill()
        first.process.wait()

        assert start().process.poll() is None

    def test_a_pid_file_with_the_number_of_another_program_is_stale(self, start, tmp_path):
        first = start()
        pid_file = tmp_path / "data" / "postmaster.pid"
        content = pid_file.read_text()
        first.process.send_signal(signal.SIGQUIT)
        first.process.wait()
        pid_file.write_text(content.replace(str(first.process.pid), str(os.getpid()), 1))

        assert start().process.poll() is None

    @pytest.mark.skipif(binaries.redis() is None, reason="no redis-server on this machine")
    def test_a_redis_that_still_runs_saves_and_is_replaced(self, tmp_path):
        options = {"password": "secret", "log": tmp_path / "log", "keep": True}
        first = redis.start(tmp_path / "redis", **options)
        redis._say(first.port, "AUTH secret\r\nSET crown delta\r\n", answers=2)

        second = redis.start(tmp_path / "redis", port=first.port, **options)

        assert first.process.wait(5) == 0
        assert second.port == first.port
        assert "delta" in redis._say(second.port, "AUTH secret\r\nGET crown\r\n", answers=3)
        second.stop(keep=False)

    def test_the_folders_of_killed_test_runs_are_swept_up(self, tmp_path, monkeypatch):
        monkeypatch.setattr(servers.tempfile, "gettempdir", lambda: str(tmp_path))
        ended = subprocess.Popen(["true"])
        ended.wait()
        stale, mine = (tmp_path / f"{servers.TEMPORARY_PREFIX}{pid}-x" for pid in (ended.pid, os.getpid()))
        stale.mkdir()
        mine.mkdir()

        servers.sweep()

        assert not stale.exists()
        assert mine.exists()


def test_a_server_that_cannot_start_says_why(tmp_path):
    started = time.monotonic()

    with pytest.raises(child.ServerFailedError, match="no such option"):
        child.start(["sh", "-c", "echo no such option; exit 1"], log=tmp_path / "log", ready=lambda: False)

    assert time.monotonic() - started < 5
