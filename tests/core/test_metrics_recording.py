"""Requests, statements, jobs, sockets and mails are counted, each once, under names that nobody can multiply."""

import asyncio
import smtplib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core import context
from apps.core.jobs import running, sweeping
from apps.core.mail import ContextEmailBackend
from apps.core.metrics import recording
from apps.core.middleware.context import WebSocketContextMiddleware
from apps.core.models import Job
from tests.core import job_tasks  # noqa: F401 - its tasks
from tests.core.figures import figures, metrics_folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
QUERIES = "deltacrown_database_query_duration_seconds_count"


def requests(folder: Path) -> dict[tuple[str, ...], float]:
    return {key[1:]: value for key, value in figures(folder).items() if key[0] == "http_requests_total"}


def test_a_request_is_counted_by_the_name_of_its_url(client: Client, folder: Path) -> None:
    client.get("/about/")
    client.get("/about/?a=1")
    client.get("/u/nobody-of-this-name/")
    assert requests(folder)["GET", "corepages:about", "200"] == 2
    assert figures(folder)["http_request_duration_seconds_count", "corepages:about"] == 2


def test_strangers_cannot_make_new_series(client: Client, folder: Path) -> None:
    for number in range(5):
        client.get(f"/no/such/page/{number}")
        client.generic(f"INVENTED{number}", f"/wp-admin/{number}.php")
    assert requests(folder) == {("GET", "unmatched", "404"): 5, ("other", "unmatched", "404"): 5}


def test_what_machines_ask_all_the_time_is_not_counted(client: Client, folder: Path) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert requests(folder) == {}


def test_a_page_that_breaks_is_counted_as_an_error(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("django.template.response.TemplateResponse.render", breaks)
    client.raise_request_exception = False
    assert client.get("/accounts/login/").status_code == 500
    assert requests(folder) == {("GET", "account_login", "500"): 1}


def test_a_closed_site_is_no_error_of_a_page(client: Client, folder: Path, settings: Any, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    settings.MAINTENANCE_FILE.touch()
    assert Client().get("/about/").status_code == 503
    assert requests(folder) == {("GET", "maintenance", "503"): 1}


def test_statements_are_counted_once_for_the_process_and_once_for_the_page(client: Client, folder: Path) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get("/teams/")
    counted = figures(folder)
    assert len(asked) > 1
    assert counted["http_request_queries_total", "teams:directory"] == len(asked)
    assert counted[QUERIES, "web"] == len(asked)


def test_the_statements_of_a_job_inside_a_request_are_the_jobs(folder: Path) -> None:
    """Without a broker jobs run within the request. A statement belongs to one of the two."""
    with context.bind(request_id="r-1") as request:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            with context.bind(task_id="7") as job:
                cursor.execute("SELECT 2")
                cursor.execute("SELECT 3")
        assert (request.queries, job.queries) == (1, 2)
    assert figures(folder)[QUERIES, "web"] == 3


def test_slow_statements_are_counted_by_their_page(folder: Path, settings: Any) -> None:
    settings.SLOW_QUERY_MS = 0
    for route in ("teams:team_detail", "/ws/teams/12/chat/", "/ws/teams/13/chat/", ""):
        with context.bind(route=route), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    found = {key[1]: value for key, value in figures(folder).items() if key[0].endswith("slow_queries_total")}
    assert found == {"teams:team_detail": 1, "socket": 2, "none": 1}


@pytest.mark.parametrize(
    ("task", "outcome"),
    [("tests.leave_mark", "succeeded"), ("tests.leave_mark_and_break", "retried"), ("tests.refuse", "failed")],
)
def test_a_job_is_counted_by_how_it_ended(folder: Path, task: str, outcome: str) -> None:
    args = {} if task == "tests.refuse" else {"mark": "m"}
    job = Job.objects.create(name=task, args=args, dispatched_at=timezone.now())
    running.run(job.pk)
    running.run(job.pk)  # a second message starts nothing, and is not counted
    counted = figures(folder)
    assert {key[1:]: number for key, number in counted.items() if key[0] == "deltacrown_jobs_total"} == {
        (task, outcome): 1
    }
    assert counted["deltacrown_job_duration_seconds_count", task] == 1


def test_a_lost_lease_is_counted(folder: Path) -> None:
    job = Job.objects.create(name="tests.leave_mark", args={"mark": "m"})
    past = timezone.now() - timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(
        state="running", lease_token="00000000-0000-0000-0000-000000000001", lease_expires_at=past
    )
    sweeping.recover()
    assert figures(folder)[("deltacrown_job_leases_lost_total",)] == 1


def test_open_sockets_are_counted_while_they_are_open(folder: Path) -> None:
    seen: list[float] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        seen.append(figures(folder)[("deltacrown_websocket_connections",)])
        raise ConnectionError

    async def nothing(*message: Any) -> None:
        return None

    for _ in range(2):
        with pytest.raises(ConnectionError):
            asyncio.run(WebSocketContextMiddleware(application)({"path": "/ws/x/", "headers": []}, nothing, nothing))
    assert seen == [1, 1]
    assert figures(folder)[("deltacrown_websocket_connections",)] == 0
    assert figures(folder)[("deltacrown_websocket_opened_total",)] == 2


def test_mails_are_counted_sent_or_failed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = ContextEmailBackend()
    mail = EmailMessage("Hello", "Text", "a@example.com", ["b@example.com"])
    backend.send_messages([mail, mail])

    def refuses(*messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("no")

    monkeypatch.setattr(backend.transport, "send_messages", refuses)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        backend.send_messages([mail])
    counted = figures(folder)
    assert counted["deltacrown_mails_total", "sent"] == 2
    assert counted["deltacrown_mails_total", "failed"] == 1


def test_a_process_that_does_not_count_writes_nothing(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.METRICS_DIR = tmp_path / "metrics"
    client.get("/about/")
    recording.job("tests.leave_mark", "succeeded", 0.1)
    assert not settings.METRICS_DIR.exists()
