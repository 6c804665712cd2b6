"""The platform remembers its figures by the minute, hour and day, in a bounded number of rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.metrics import snapshot
from apps.core.metrics.history import sampling, selectors, series
from apps.core.metrics.snapshot import Snapshot
from apps.core.models import MetricSample

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def shot(at: float, **told: Any) -> Snapshot:
    """A snapshot of samples: a number, or numbers by labels written as ``label=value``."""
    samples = {}
    for name, value in told.items():
        rows = value if isinstance(value, dict) else {"": value}
        samples[name] = [
            (dict(pair.split("=") for pair in labels.split(",") if pair), float(number))
            for labels, number in rows.items()
        ]
    return Snapshot(samples, at)


def read(name: str, now: Snapshot, before: Snapshot) -> dict[str, float]:
    (wanted,) = [one for one in series.ALL if one.name == name]
    return wanted.read(now, before)


def row(name: str, at: datetime, value: float, resolution: int = 60, **more: Any) -> MetricSample:
    return MetricSample(
        **{"series": name, "at": at, "value": value, "low": value, "high": value, "resolution": resolution, **more}
    )


# --- What two snapshots tell ------------------------------------------------------------------------------------------


def test_counters_become_rates() -> None:
    before = shot(0, http_requests_total={"status=200": 100, "status=500": 1})
    now = shot(60, http_requests_total={"status=200": 190, "status=500": 31})
    assert read("requests", now, before) == {"": 2.0}
    assert read("errors", now, before) == {"": pytest.approx(0.25)}


def test_a_counter_that_began_anew_is_no_negative_rate() -> None:
    before, now = shot(0, http_requests_total=1000), shot(60, http_requests_total=60)
    assert read("requests", now, before) == {"": 1.0}


def test_a_source_that_was_silent_before_is_no_growth() -> None:
    now = shot(60, deltacrown_system_network_bytes_total={"direction=sent": 10**12})
    assert read("network", now, shot(0)) == {}


def test_a_closed_site_makes_no_errors() -> None:
    before = shot(0, http_requests_total={"status=503,route=maintenance": 0})
    now = shot(60, http_requests_total={"status=503,route=maintenance": 60})
    assert read("errors", now, before) == {"": 0.0}


def test_without_requests_there_is_no_answer_time_and_no_share_of_errors() -> None:
    before = shot(0, http_requests_total=5, http_request_duration_seconds_count=5)
    now = shot(60, http_requests_total=5, http_request_duration_seconds_count=5)
    assert read("latency", now, before) == {}
    assert read("errors", now, before) == {}


def test_answer_times_are_those_of_the_minute() -> None:
    buckets = {"le=0.1": 50.0, "le=0.5": 90.0, "le=1.0": 100.0, "le=+Inf": 100.0}
    before = shot(
        0,
        http_request_duration_seconds_bucket=dict.fromkeys(buckets, 0),
        http_request_duration_seconds_count=0,
        http_request_duration_seconds_sum=0,
    )
    now = shot(
        60,
        http_request_duration_seconds_bucket=buckets,
        http_request_duration_seconds_count=100,
        http_request_duration_seconds_sum=20,
    )
    told = read("latency", now, before)
    assert told == {"mean": 0.2, "p50": pytest.approx(0.1), "p95": pytest.approx(0.75), "p99": pytest.approx(0.95)}


def test_above_all_bounds_the_last_one_is_told() -> None:
    assert snapshot.quantile(0.99, {"1.0": 0, "+Inf": 10}) == 1.0
    assert snapshot.quantile(0.5, {}) is None
    assert snapshot.quantile(0.5, {"1.0": 0, "+Inf": 0}) is None


def test_every_series_reads_what_the_platform_says() -> None:
    before, now = snapshot.take(), snapshot.take()
    told = {one.name: one.read(now, before) for one in series.ALL}
    assert 0 <= told["memory"][""] <= 1
    assert told["disk_free"]["site"] > 0
    assert told["waiting"] == {"critical": 0, "default": 0, "bulk": 0}
    assert told["registrations"] == {"": 0}


# --- What is written --------------------------------------------------------------------------------------------------


def test_each_minute_is_written_once_whoever_samples() -> None:
    first, second = sampling.Sampler(), sampling.Sampler()
    for sampler in (first, second):
        assert sampler(now=NOON) == 0, "one snapshot tells nothing of a minute"
    for sampler in (first, second):
        assert sampler(now=NOON + timedelta(seconds=70)) > 10
        assert sampler(now=NOON + timedelta(seconds=75)) == 0
    minutes = MetricSample.objects.filter(series="memory")
    assert [one.at for one in minutes] == [NOON + timedelta(minutes=1)]


def test_a_pause_is_not_taken_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    sampler = sampling.Sampler()
    shots = iter([shot(0), shot(sampling.MOST_BETWEEN + 1)])
    monkeypatch.setattr(snapshot, "take", lambda: next(shots))
    sampler(now=NOON)
    assert sampler(now=NOON + timedelta(minutes=10)) == 0
    assert not MetricSample.objects.exists()


def test_hours_are_made_of_minutes_and_days_of_hours() -> None:
    begin = NOON - timedelta(hours=3)
    MetricSample.objects.bulk_create(row("cpu", begin + timedelta(minutes=n), n % 2) for n in range(180))
    MetricSample.objects.bulk_create(
        row("cpu", NOON - timedelta(days=1, hours=n), 4.0, 3600, count=60, high=9.0) for n in range(13)
    )
    sampling.tidy(now=NOON)
    hours = MetricSample.objects.filter(resolution=3600, at__gte=begin).order_by("at")
    assert [(one.value, one.low, one.high, one.count) for one in hours] == [(0.5, 0.0, 1.0, 60)] * 3
    (day,) = MetricSample.objects.filter(resolution=86400)
    assert (day.at, day.value, day.high, day.count) == (datetime(2026, 11, 28, tzinfo=UTC), 4.0, 9.0, 13 * 60)


def test_tidying_again_changes_nothing() -> None:
    MetricSample.objects.bulk_create(row("cpu", NOON - timedelta(minutes=n), 1.0) for n in range(1, 200))
    sampling.tidy(now=NOON)
    before = list(MetricSample.objects.order_by("pk").values())
    sampling.tidy(now=NOON)
    assert list(MetricSample.objects.order_by("pk").values()) == before


def test_old_rows_go_so_that_their_number_is_bounded() -> None:
    for resolution, kept in sampling.KEPT.items():
        MetricSample.objects.bulk_create(
            [
                row("memory", NOON - kept - timedelta(seconds=1), 1.0, resolution),
                row("memory", NOON - kept + timedelta(hours=2), 2.0, resolution),
            ]
        )
    sampling.tidy(now=NOON)
    for resolution, kept in sampling.KEPT.items():
        rows = MetricSample.objects.filter(resolution=resolution)
        assert not rows.filter(at__lt=NOON - kept).exists()
        assert rows.filter(at=NOON - kept + timedelta(hours=2), value=2.0).exists()


# --- What is read -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("span", "most"), [("hour", 61), ("day", 97), ("month", 121), ("year", 123)])
def test_a_chart_has_as_many_points_as_it_can_show_by_one_statement(span: str, most: int) -> None:
    wanted = selectors.SPANS[span]
    step = wanted.resolution
    number = int(wanted.length.total_seconds() // step)
    MetricSample.objects.bulk_create(row("cpu", NOON - timedelta(seconds=step * n), 1.0, step) for n in range(number))
    with CaptureQueriesContext(connection) as asked:
        points = selectors.history(wanted, now=NOON)["cpu"][""]
    assert len(asked) == 1
    assert most - 3 <= len(points) <= most
    assert set(points.values()) == {1.0}


def test_steps_are_means_and_gaps_stay_gaps() -> None:
    for minute, value in ((1, 10.0), (2, 20.0), (40, 5.0)):
        row("cpu", NOON - timedelta(hours=1) + timedelta(minutes=minute), value).save()
    points = selectors.history(selectors.SPANS["day"], now=NOON)["cpu"][""]
    first = int((NOON - timedelta(hours=1)).timestamp()) // 900
    assert points == {first: 15.0, first + 2: 5.0}
