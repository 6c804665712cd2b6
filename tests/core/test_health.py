"""The health checks name what is away, also when it hangs, in less than two seconds, and leave nothing behind."""

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from apps.core.health import checks, probes, readiness

pytestmark = pytest.mark.django_db

REDIS_ROLES = ["broker", "cache", "channel layer"]
ALL = ["database", "migrations", "cache", "broker", "channel layer", "storage", "disk"]


class Line:
    """A server that accepts. It forwards to ``target`` until it sees ``stop_at``; without a target it never answers."""

    def __init__(self, target: tuple[str, int] | None = None, stop_at: bytes = b"") -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.target, self.stop_at, self.stopped = target, stop_at, threading.Event()
        self.accepted: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.accepted.append(client)
            if self.target:
                server = socket.create_connection(self.target)
                self.accepted.append(server)
                threading.Thread(target=self._forward, args=(client, server, self.stop_at), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client, b""), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, stop_at: bytes) -> None:
        with contextlib.suppress(OSError):
            self._pass_on(source, sink, stop_at)

    def _pass_on(self, source: socket.socket, sink: socket.socket, stop_at: bytes) -> None:
        while data := source.recv(65536):
            if stop_at and stop_at in data:
                self.stopped.set()
                return
            sink.sendall(data)

    def ended_by_the_other_side(self, within: float) -> bool:
        """Whether every client hung up."""
        until = time.monotonic() + within
        for client in self.accepted[:: 2 if self.target else 1]:
            client.settimeout(max(0.01, until - time.monotonic()))
            try:
                while client.recv(65536):
                    pass
            except TimeoutError:
                return False
            except ConnectionResetError:
                pass
        return True

    def close(self) -> None:
        self.listener.close()
        for one in self.accepted:
            one.close()


@pytest.fixture
def hanging() -> Iterator[Line]:
    line = Line()
    yield line
    line.close()


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    def forget() -> None:
        readiness.probes.cache_clear()
        readiness.latest.forget()

    forget()
    yield
    forget()


@pytest.fixture
def visitor() -> Client:
    """Somebody on the internet, logged in: a session that must not be looked up."""
    client = Client(REMOTE_ADDR="198.51.100.7")
    client.cookies["sessionid"] = "abcdefghij0123456789klmnopqrstuv"
    return client


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def move_database(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", port)


def move_redis(settings: Any, role: str, port: int) -> None:
    url = f"redis://:canary@127.0.0.1:{port}/0"
    if role == "cache":
        settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": url}}
    elif role == "broker":
        settings.CELERY_BROKER_URL = url
    else:
        settings.CHANNEL_LAYERS = {"default": {**settings.CHANNEL_LAYERS["default"], "CONFIG": {"hosts": [url]}}}


def ask(client: Client, **headers: str) -> tuple[int, dict[str, Any]]:
    """Ask whether the site is ready, and require an answer within two seconds and without Django's database."""
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/readyz", headers=headers)
    assert time.perf_counter() - began < 2.0
    assert list(queries) == []  # neither session nor user was looked up
    return response.status_code, json.loads(response.content)


# --- All is well ------------------------------------------------------------------------------------------------------


def test_ready_names_every_dependency_with_its_time(visitor: Client) -> None:
    status, told = ask(visitor)
    assert (status, told["status"], told["failing"]) == (200, "ok", [])
    assert list(told["checks"]) == ALL
    for check in told["checks"].values():
        assert set(check) == {"ok", "ms"}
        assert check["ok"] is True
        assert 0 <= check["ms"] < 1000


def test_alive_asks_nothing(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.health.readiness.run", None)
    response = visitor.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert response["Cache-Control"] == "no-store"


def test_both_say_which_release_runs(visitor: Client, settings: Any) -> None:
    settings.RELEASE = "1.4.0+3f2a9c1"
    for url in ("/healthz", "/readyz"):
        told = visitor.get(url).json()
        assert (told["version"], told["commit"]) == ("1.4.0", "3f2a9c1")


def test_a_checkout_says_its_own_release(settings: Any) -> None:
    settings.RELEASE = ""
    told = readiness.version()
    assert told["version"] == "0.1.0"
    assert len(told["commit"]) == 12


def test_a_browser_gets_a_page_and_a_program_json(visitor: Client, settings: Any) -> None:
    page = visitor.get("/health/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 200
    assert "<h1>Everything works</h1>" in page.content.decode()
    assert visitor.get("/health/", headers={"Accept": "*/*"}).json()["status"] == "ok"


@pytest.mark.parametrize("url", ["/healthz", "/readyz", "/health/"])
def test_only_reading_is_allowed(visitor: Client, url: str) -> None:
    assert visitor.post(url).status_code == 405
    assert visitor.head(url).status_code == 200


def test_asked_often_the_servers_are_asked_once(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []

    def run(all_probes: list[probes.Probe]) -> list[probes.Result]:
        runs.append(1)
        return probes.run(all_probes)

    monkeypatch.setattr(readiness, "run", run)
    threads = [threading.Thread(target=readiness.report) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
    assert runs == [1]


def test_under_asgi_it_is_the_same() -> None:
    async def get() -> Any:
        return await AsyncClient().get("/readyz")

    assert asyncio.run(get()).status_code == 200


# --- Something is away ------------------------------------------------------------------------------------------------


def test_a_stopped_database_is_named(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    move_database(monkeypatch, closed_port())
    status, told = ask(visitor)
    assert (status, told["status"], told["failing"]) == (503, "unavailable", ["database", "migrations"])


def test_a_hanging_database_is_named_and_let_go(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, hanging: Line
) -> None:
    move_database(monkeypatch, hanging.port)
    status, told = ask(visitor)
    assert (status, told["failing"]) == (503, ["database", "migrations"])
    assert hanging.ended_by_the_other_side(within=2)
    assert no_threads(within=2)


def test_a_database_that_hangs_in_the_middle_of_a_query_is_named_and_let_go(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = connection.settings_dict
    line = Line(target=(given["HOST"], int(given["PORT"])), stop_at=b"SELECT 1")
    move_database(monkeypatch, line.port)
    status, told = ask(visitor)
    assert line.stopped.is_set()
    assert (status, told["failing"]) == (503, ["database"])
    assert no_threads(within=2)
    line.close()


@pytest.mark.parametrize("role", REDIS_ROLES)
def test_a_stopped_redis_is_named_by_what_it_does(visitor: Client, settings: Any, role: str) -> None:
    move_redis(settings, role, closed_port())
    status, told = ask(visitor)
    assert (status, told["failing"]) == (503, [role])


@pytest.mark.parametrize("role", REDIS_ROLES)
def test_a_hanging_redis_is_named_and_let_go(visitor: Client, settings: Any, role: str, hanging: Line) -> None:
    move_redis(settings, role, hanging.port)
    status, told = ask(visitor)
    assert (status, told["failing"]) == (503, [role])
    assert hanging.ended_by_the_other_side(within=2)
    assert no_threads(within=2)


def test_all_hanging_at_once_are_named_in_time_however_often_it_is_asked(
    visitor: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, hanging: Line
) -> None:
    before = threading.active_count()
    move_database(monkeypatch, hanging.port)
    for role in REDIS_ROLES:
        move_redis(settings, role, hanging.port)
    for _ in range(3):
        readiness.latest.forget()
        status, told = ask(visitor)
        assert (status, told["failing"]) == (503, ALL[:5])
        assert len(health_threads()) <= 5
    assert hanging.ended_by_the_other_side(within=3)
    assert no_threads(within=2)
    assert threading.active_count() <= before


def test_a_redis_that_cannot_write_is_named(visitor: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = reader.accept()
        with client:
            while data := client.recv(65536):
                for _ in range(max(1, data.count(b"*"))):
                    client.sendall(b"-MISCONF Redis cannot write to canary\r\n" if b"SET" in data else b"+OK\r\n")

    threading.Thread(target=serve, daemon=True).start()
    move_redis(settings, "broker", reader.getsockname()[1])
    assert ask(visitor)[1]["failing"] == ["broker"]
    reader.close()


def test_a_migration_that_is_not_applied_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_expected_migrations", lambda: frozenset({("teams", "9999_future"), ("a", "0001_b")}))
    status, told = ask(Client(REMOTE_ADDR="127.0.0.1"))
    assert (status, told["failing"]) == (503, ["migrations"])
    assert told["checks"]["migrations"]["reason"] == "2 not applied"


def test_the_migrations_that_are_expected_are_those_that_django_would_apply() -> None:
    assert checks._expected_migrations() == set(MigrationLoader(None).graph.nodes)


def test_storage_that_cannot_be_written_is_named(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.health.checks.os.access", lambda *args: False)
    assert ask(visitor)[1]["failing"] == ["storage"]


def test_storage_that_hangs_is_named_and_asked_no_second_time(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    go_on = threading.Event()

    def access(*args: Any) -> bool:
        calls.append(1)
        return go_on.wait(10)

    monkeypatch.setattr("apps.core.health.checks.os.access", access)
    for _ in range(2):
        readiness.latest.forget()
        assert ask(visitor)[1]["failing"] == ["storage"]
    assert calls == [1]
    go_on.set()
    assert no_threads(within=2)
    readiness.latest.forget()
    assert ask(visitor)[1]["failing"] == []


def test_a_folder_for_uploads_that_is_not_there_yet_is_no_fault(visitor: Client, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "made" / "later")
    assert ask(visitor)[1]["failing"] == []


def test_a_disk_that_is_nearly_full_is_named(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "DISK_FREE_BYTES", 2**63)
    assert ask(visitor)[1]["failing"] == ["disk"]


def test_the_page_says_so_too(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    move_database(monkeypatch, closed_port())
    page = visitor.get("/health/", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "<h1>Something is not working</h1>" in page.content.decode()


# --- Who may know what ------------------------------------------------------------------------------------------------


def test_only_an_operator_on_this_machine_is_told_the_reason(visitor: Client, settings: Any) -> None:
    move_redis(settings, "broker", closed_port())
    operator = Client(REMOTE_ADDR="127.0.0.1")
    assert ask(operator)[1]["checks"]["broker"]["reason"] == "ConnectionError"
    assert "reason" not in ask(visitor)[1]["checks"]["broker"]
    # Through the proxy everybody comes from this machine.
    assert "reason" not in ask(operator, **{"X-Forwarded-For": "198.51.100.7"})[1]["checks"]["broker"]


def test_no_address_and_no_password_is_told_or_logged(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    port = closed_port()
    move_redis(settings, "broker", port)
    _, told = ask(Client(REMOTE_ADDR="127.0.0.1"))
    assert "canary" not in json.dumps(told) + caplog.text
    assert str(port) not in json.dumps(told) + caplog.text
    assert "Not ready: broker, ConnectionError" in caplog.text


def test_without_redis_there_is_none_to_ask(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.CELERY_BROKER_URL = "memory://"
    assert [probe.name for probe in readiness.probes()] == ["database", "migrations", "storage", "disk"]


def test_a_probe_reports_what_it_was_told_to_say() -> None:
    def wrong() -> None:
        raise probes.NotReady("half full")

    (result,) = probes.run([probes.Probe("tank", wrong)])
    assert (result.name, result.ok, result.reason) == ("tank", False, "half full")


def health_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("health-")]


def no_threads(within: float) -> bool:
    until = time.monotonic() + within
    for thread in health_threads():
        thread.join(max(0.0, until - time.monotonic()))
    return not health_threads()
