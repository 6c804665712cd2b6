"""Regular jobs: each due time once, however many beats there are and however long none was."""

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from celery.schedules import BaseSchedule, crontab, schedule
from django.conf import settings
from django.db import OperationalError, connection

from apps.core.jobs import registry, schedules
from apps.core.jobs.beat import JobScheduler
from apps.core.jobs.schedules import Entry
from apps.core.models import Job, Schedule
from tests.core import job_tasks

pytestmark = pytest.mark.django_db

SIX_HOURLY = Entry("mark-every-six-hours", "tests.leave_mark", crontab(hour="*/6", minute=0), {"mark": "regular"})


class AtSunset(BaseSchedule):
    """A kind of schedule that Celery allows and that has no times we could tell."""


def at(hour: int, minute: int = 0, *, day: int = 1) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def scheduled() -> Iterator[dict[str, object]]:
    conf = registry.loaded_app().conf
    before, conf.beat_schedule = conf.beat_schedule, {}
    yield conf.beat_schedule
    conf.beat_schedule = before


def test_a_new_entry_waits_for_its_first_time() -> None:
    assert schedules.enqueue_due(SIX_HOURLY, now=at(5, 59)) is None
    assert not Job.objects.exists()
    job = schedules.enqueue_due(SIX_HOURLY, now=at(6, 0))
    assert job is not None
    assert (job.name, job.args) == ("tests.leave_mark", {"mark": "regular"})
    known = Schedule.objects.get()
    assert (known.due_at, known.job) == (at(6), job)


def test_each_time_is_used_once() -> None:
    schedules.enqueue_due(SIX_HOURLY, now=at(5))
    assert schedules.enqueue_due(SIX_HOURLY, now=at(6)) is not None
    Job.objects.update(state=Job.State.SUCCEEDED, finished_at=at(6))
    assert schedules.enqueue_due(SIX_HOURLY, now=at(6)) is None
    assert schedules.enqueue_due(SIX_HOURLY, now=at(11, 59)) is None
    assert schedules.enqueue_due(SIX_HOURLY, now=at(12)) is not None
    assert Job.objects.count() == 2


def test_what_was_missed_for_days_is_made_up_for_once() -> None:
    schedules.enqueue_due(SIX_HOURLY, now=at(5))
    assert schedules.enqueue_due(SIX_HOURLY, now=at(13, day=4)) is not None
    assert Schedule.objects.get().due_at == at(12, day=4)
    assert schedules.enqueue_due(SIX_HOURLY, now=at(14, day=4)) is None
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_beats_at_once_start_a_job_once() -> None:
    Schedule.objects.create(name=SIX_HOURLY.name, due_at=at(0))
    start = threading.Barrier(8)

    def beat(_: int) -> Job | None:
        try:
            start.wait()
            return schedules.enqueue_due(SIX_HOURLY, now=at(6))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = [job for job in pool.map(beat, range(8)) if job]
    assert len(made) == 1
    assert Job.objects.count() == 1


def test_a_run_that_is_not_over_is_not_started_twice() -> None:
    schedules.enqueue_due(SIX_HOURLY, now=at(5))
    first = schedules.enqueue_due(SIX_HOURLY, now=at(6))
    again = schedules.enqueue_due(SIX_HOURLY, now=at(12))
    assert first is not None
    assert again == first
    assert Job.objects.count() == 1


def test_times_are_utc_and_not_those_of_dhaka() -> None:
    assert settings.TIME_ZONE == "Asia/Dhaka"
    assert schedules.next_due(crontab(hour=2, minute=0), at(1)) == at(2)
    assert schedules.next_due(crontab(hour=2, minute=0), at(2)) == at(2, day=2)


def test_intervals_count_from_the_last_time() -> None:
    assert schedules.next_due(schedule(timedelta(minutes=10)), at(1)) == at(1, 10)


def test_other_kinds_of_schedule_are_refused() -> None:
    with pytest.raises(TypeError, match="a crontab or an interval"):
        schedules.next_due(AtSunset(), at(1))


def test_a_tick_enqueues_all_and_tells_when_to_come_again(scheduled: dict[str, object]) -> None:
    scheduled["often"] = {"task": "tests.leave_mark", "schedule": 30.0, "kwargs": {"mark": "often"}}
    scheduled["rare"] = {"task": "tests.leave_mark", "schedule": timedelta(days=1), "kwargs": {"mark": "rare"}}
    assert 29 < schedules.tick() <= 30
    Schedule.objects.filter(name="often").update(due_at=datetime.now(UTC) - timedelta(seconds=40))
    schedules.tick()
    assert Job.objects.get().args == {"mark": "often"}


def test_an_entry_that_can_not_run_does_not_stop_the_others(
    scheduled: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    scheduled["a-broken"] = {"task": "tests.no_such", "schedule": timedelta(days=1)}
    scheduled["b-sound"] = {"task": "tests.leave_mark", "schedule": timedelta(days=1), "kwargs": {"mark": "sound"}}
    Schedule.objects.bulk_create([Schedule(name=name, due_at=long_ago) for name in scheduled])
    with caplog.at_level(logging.ERROR):
        schedules.tick()
    assert Job.objects.get().args == {"mark": "sound"}
    assert "a-broken can't be enqueued" in caplog.text
    assert Schedule.objects.get(name="a-broken").due_at == long_ago


def test_beat_goes_on_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away() -> float:
        raise OperationalError("connection refused")

    monkeypatch.setattr(schedules, "tick", away)
    monkeypatch.setattr("apps.core.jobs.beat.connections.close_all", lambda: None)
    beat = JobScheduler(registry.loaded_app(), lazy=True, max_interval=20)
    assert beat.tick() == 5
    assert "The schedule waits for the database" in caplog.text


def test_a_beat_with_an_entry_that_could_never_run_does_not_start(scheduled: dict[str, object]) -> None:
    scheduled["seed-like"] = {"task": "apps.core.tasks.delete_finished_jobs", "schedule": 60.0}
    with pytest.raises(SystemExit, match="seed-like can never run: No task is named"):
        JobScheduler(registry.loaded_app(), max_interval=20).setup_schedule()
    scheduled.clear()
    JobScheduler(registry.loaded_app(), max_interval=20).setup_schedule()


def test_beat_sleeps_no_longer_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "tick", lambda: 3600.0)
    monkeypatch.setattr("apps.core.jobs.beat.connections.close_all", lambda: None)
    assert JobScheduler(registry.loaded_app(), lazy=True, max_interval=20).tick() == 20


def test_the_settings_name_this_beat() -> None:
    assert settings.CELERY_BEAT_SCHEDULER == "apps.core.jobs.beat:JobScheduler"
    assert job_tasks.leave_mark.name in registry.loaded_app().tasks
