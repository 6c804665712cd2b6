"""Health of worker, beat, web and socket servers: one sentence, an exit status, and never longer than five seconds."""

import io
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connections
from django.utils import timezone

from apps.core.health import processes
from apps.core.health.probes import NotReady
from apps.core.jobs import heartbeats, registry, schedules
from apps.core.models import Heartbeat, Schedule

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db


class Site(BaseHTTPRequestHandler):
    """Answers as a site would; ``/broken`` stands for one whose application does not load."""

    def do_GET(self) -> None:
        status = 200 if self.path == "/healthz" else 101 if self.path == "/ws/notifications/" else 500
        if status == 101 and (self.headers["Sec-WebSocket-Version"], self.headers["Upgrade"]) != ("13", "websocket"):
            status = 400
        self.send_response(status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def the_command_keeps_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sets its process up as a worker's. Here it shares the process with the tests after it."""
    for alias in connections:
        given = connections.settings[alias]
        monkeypatch.setitem(connections.settings, alias, given | {"OPTIONS": dict(given["OPTIONS"])})


@pytest.fixture
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_a_worker_that_reported_and_answers_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    heartbeats.report(heartbeats.WORKER)
    monkeypatch.setattr(processes, "_ping", lambda: ["celery@b", "celery@a"])
    assert processes.worker() == "2 workers answered: celery@a, celery@b."
    monkeypatch.setattr(processes, "_ping", list)
    with pytest.raises(NotReady, match="none answers through the broker"):
        processes.worker()


def test_a_worker_that_never_reported_or_not_lately_or_elsewhere_is_not_well(settings: Any) -> None:
    settings.JOBS_IN_THIS_PROCESS = True
    with pytest.raises(NotReady, match=r"No worker has ever reported on this machine\. Is it started"):
        processes.worker()
    Heartbeat.objects.create(name="worker@far:1", kind="worker", host="far", seen_at=timezone.now())
    with pytest.raises(NotReady, match="No worker has ever reported on this machine"):
        processes.worker()
    assert processes.worker(anywhere=True) == "Jobs run in the site's own process, which has reported lately."
    heartbeats.report(heartbeats.WORKER)
    assert processes.worker() == "Jobs run in the site's own process, which has reported lately."
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    with pytest.raises(NotReady, match=r"The last worker on this machine reported 31 seconds ago, at .* UTC\."):
        processes.worker()


def test_a_report_is_one_row_for_each_process_and_is_forgotten_after_a_day() -> None:
    heartbeats.report(heartbeats.BEAT)
    heartbeats.report(heartbeats.BEAT)
    assert Heartbeat.objects.get().name == f"beat@{socket.gethostname()}:{os.getpid()}"
    assert heartbeats.forget_old() == 0
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(hours=25))
    assert heartbeats.forget_old() == 1


def test_a_beat_that_reports_and_starts_nothing_is_not_well() -> None:
    schedules.tick()
    heartbeats.report(heartbeats.BEAT)
    assert processes.beat() == f"Beat has reported lately, and none of {len(schedules.entries())} entries is late."
    Schedule.objects.filter(name="clean-expired-invites").update(due_at=timezone.now() - timedelta(days=1))
    with pytest.raises(NotReady, match="Beat reports, but clean-expired-invites should have been started long ago"):
        processes.beat()


def test_a_beat_that_ticks_reports(monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.core.jobs.beat import JobScheduler

    monkeypatch.setattr("apps.core.jobs.beat.connections.close_all", lambda: None)
    JobScheduler(registry.loaded_app(), lazy=True, max_interval=20).tick()
    assert Heartbeat.objects.get().kind == "beat"


def test_without_a_database_nothing_is_known_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(heartbeats, "last_seen", away)
    for ask in (processes.worker, processes.beat):
        with pytest.raises(NotReady, match="The database does not answer"):
            ask()


@pytest.mark.parametrize("broker", ["refuses", "hangs"])
def test_without_a_broker_a_worker_is_not_well_and_that_is_said_in_time(
    broker: str, silent: str, settings: Any
) -> None:
    heartbeats.report(heartbeats.WORKER)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0" if broker == "refuses" else f"redis://{silent}/0"
    begin = time.monotonic()
    with pytest.raises(NotReady, match="The broker does not answer: the worker lives"):
        processes.worker()
    assert time.monotonic() - begin < 3.5


def test_web_and_socket_servers_that_answer_are_well_and_others_are_not(site: str, silent: str) -> None:
    assert processes.web(site) == f"The web server at {site} answers."
    assert processes.sockets(site) == f"The socket server at {site} shakes hands."
    with pytest.raises(NotReady, match="status 500 instead of 200"):
        processes.web(f"{site}/broken")
    with pytest.raises(NotReady, match="status 500 instead of 101"):
        processes.sockets(f"{site}/broken")
    for ask in (processes.web, processes.sockets):
        with pytest.raises(NotReady, match=r"Nothing answers at http://127\.0\.0\.1:9\S+ within 2 seconds"):
            ask("http://127.0.0.1:9")
        with pytest.raises(NotReady, match="Nothing answers"):
            ask(f"http://{silent}")


def test_the_command_says_one_sentence_and_exits_with_it(site: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    call_command("health", "web", url=site, stdout=out, stderr=err)
    assert (out.getvalue().strip(), err.getvalue()) == (f"The web server at {site} answers.", "")
    with pytest.raises(SystemExit) as end:
        call_command("health", "socket", url=f"{site}/broken", stdout=out, stderr=err)
    assert end.value.code == 1
    assert "status 500 instead of 101." in err.getvalue()


@pytest.mark.slow
def test_a_check_whose_database_hangs_ends_with_a_sentence(silent: str) -> None:
    environment = {**os.environ, "ENVIRONMENT": "testing", "DB_HOST": "127.0.0.1", "DB_PORT": silent.split(":")[1]}
    command = [sys.executable, "-W", "ignore", "manage.py", "health", "beat"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    # Whichever of the two clocks is first: that of the connection, or that of the whole check.
    sentences = (
        "The beat: no answer in time.",
        "The database does not answer, so nothing is known and nothing can run.",
    )
    assert done.stderr.strip().endswith(sentences)
