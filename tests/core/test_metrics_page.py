"""``/metrics`` is for Prometheus alone, and a source that fails or hangs costs its own figures only."""

import ipaddress
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from apps.core import metrics
from apps.core.metrics import sources

pytestmark = pytest.mark.django_db

TOKEN = "a token of twenty characters and more"


@pytest.fixture(autouse=True)
def no_sources_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_sources", {})


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def samples(client: Client) -> dict[str, dict[tuple[str, ...], float]]:
    response = client.get("/metrics", REMOTE_ADDR="127.0.0.1")
    assert response.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(response.content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_it_holds_what_the_sources_read(client: Client) -> None:
    metrics.gauge("tank_litres", "What is left.", lambda: 7.5, database=False)
    metrics.gauge("queue_jobs", "Waiting.", lambda: {"bulk": 3, "critical": 0}, labels=("queue",), database=False)
    metrics.gauge("nothing_yet", "Never happened.", lambda: None, database=False)
    found = samples(client)
    assert found["tank_litres"] == {(): 7.5}
    assert found["queue_jobs"] == {("bulk",): 3.0, ("critical",): 0.0}
    assert "nothing_yet" not in found
    assert found["deltacrown_source_up"] == {("nothing_yet",): 1, ("queue_jobs",): 1, ("tank_litres",): 1}


def test_a_source_that_fails_costs_its_own_figures_only(client: Client) -> None:
    metrics.gauge("broken", "Fails.", lambda: 1 / 0, database=False)
    metrics.gauge("tank_litres", "What is left.", lambda: 7.5, database=False)
    found = samples(client)
    assert found["tank_litres"] == {(): 7.5}
    assert "broken" not in found
    assert found["deltacrown_source_up"] == {("broken",): 0, ("tank_litres",): 1}


def test_a_source_that_hangs_costs_its_own_figures_only(
    client: Client, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SECONDS", 0.2)
    metrics.gauge("hangs", "Hangs.", lambda: float(hanging.wait()), database=False)
    metrics.gauge("tank_litres", "What is left.", lambda: 7.5, database=False)
    assert samples(client)["deltacrown_source_up"] == {("hangs",): 0, ("tank_litres",): 1}


def test_without_a_database_what_needs_none_is_still_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.deadlines._database_answers", lambda: False)
    asked: list[str] = []
    metrics.gauge("rows", "Of the database.", lambda: asked.append("rows"), database=True)
    metrics.gauge("tank_litres", "What is left.", lambda: 7.5, database=False)
    assert samples(client)["deltacrown_source_up"] == {("rows",): 0, ("tank_litres",): 1}
    assert asked == []


def test_a_source_is_not_read_again_while_its_answer_is_fresh(client: Client) -> None:
    numbers = iter([1.0, 2.0])
    metrics.gauge("slow_count", "Counted.", lambda: next(numbers), fresh_for=3600, database=False)
    assert samples(client)["slow_count"] == {(): 1.0}
    assert samples(client)["slow_count"] == {(): 1.0}


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.1.2.3"}, 200),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "x", "HTTP_AUTHORIZATION": f"bearer {TOKEN}"}, 200),
        ({"REMOTE_ADDR": "198.51.100.7"}, 403),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_AUTHORIZATION": "Bearer "}, 403),
        ({"REMOTE_ADDR": "198.51.100.7", "HTTP_AUTHORIZATION": f"Basic {TOKEN}"}, 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "10.1.2.3"}, 403),
        ({"REMOTE_ADDR": "", "HTTP_X_REAL_IP": "127.0.0.1"}, 403),
    ],
)
def test_who_may_read_it(client: Client, settings: Any, told: dict[str, str], status: int) -> None:
    settings.METRICS_TOKEN = TOKEN
    settings.METRICS_NETWORKS = [ipaddress.ip_network("10.0.0.0/8")]
    response = client.get("/metrics", **told)  # type: ignore[arg-type]  # headers of the request
    assert response.status_code == status
    assert (b"deltacrown_source_up" in response.content) == (status == 200)


def test_without_a_token_in_force_none_is_right(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for sent in ("Bearer ", "Bearer x"):
        assert client.get("/metrics", REMOTE_ADDR="198.51.100.7", HTTP_AUTHORIZATION=sent).status_code == 403


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 405
