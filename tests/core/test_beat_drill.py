"""The short form of ``python -m drills.beat``: two beats while Lord Howe turns its clocks by half an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from drills.beat import simulation

HOURS = range(0, 24, 4)


def test_the_changes_of_clocks_are_those_of_the_zones() -> None:
    assert [name for name, _ in simulation.changes_of(2026)] == [
        "America/New_York 08 Mar",
        "Europe/Berlin 29 Mar",
        "Australia/Lord_Howe 04 Apr",
        "Australia/Lord_Howe 03 Oct",
        "Europe/Berlin 25 Oct",
        "America/New_York 01 Nov",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_beats_start_each_due_time_and_each_digest_once_while_clocks_change(settings: Any) -> None:
    settings.JOBS_INLINE = False
    settings.CELERY_BROKER_URL = "memory://"
    chosen = simulation.window("Lord Howe", datetime(2026, 4, 4, 15, tzinfo=UTC), hours=4, absent=1)
    simulation.prepare(chosen, HOURS)

    def live(now: datetime) -> None:
        try:
            simulation.beat(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as beats:
        for now in chosen.moments():
            list(beats.map(live, [now, now + simulation.SKEW]))
            simulation.finish_jobs()
    found = simulation.verdict(chosen, HOURS)
    assert found["ok"], found
    assert found["due_times"] == found["jobs"] > 50
    assert found["digests_due"] == found["digests"] > 2
