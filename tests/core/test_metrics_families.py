"""Every figure that is read when asked for can be read, and says what is in the database."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from psycopg import OperationalError

from apps.core.jobs import heartbeats
from apps.core.metrics import families, sources
from apps.core.metrics.families import database, jobs, services, system
from apps.core.metrics.history import series
from apps.core.metrics.snapshot import Snapshot
from apps.core.models import Job, Schedule
from tests.core import job_tasks  # noqa: F401 - its tasks

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("source", sources.registered(), ids=lambda source: source.name)
def test_every_source_can_be_read_and_gives_what_it_names(source: sources.Source) -> None:
    told = source.question._ask()
    assert set(told) <= {family.name for family in source.families}
    for family in source.families:
        metric = family.metric(told.get(family.name))
        for sample in metric.samples:
            assert set(sample.labels) == set(family.labels)
            assert isinstance(sample.value, int | float)


def test_no_two_sources_have_one_name_and_names_end_in_their_unit() -> None:
    names = [family.name for source in sources.registered() for family in source.families]
    assert len(names) == len(set(names))
    for source in sources.registered():
        for family in source.families:
            assert family.name.startswith("deltacrown_")
            assert family.name.endswith("_total") == family.counter


def test_queues_tell_what_waits_runs_and_failed() -> None:
    for minutes, queue in ((10, "bulk"), (2, "bulk"), (1, "critical")):
        Job.objects.create(name="tests.leave_mark", queue=queue, run_at=Now() - timedelta(minutes=minutes))
    Job.objects.create(name="tests.leave_mark", queue="bulk", run_at=Now() + timedelta(hours=1))
    Job.objects.create(name="tests.leave_mark", state="failed", finished_at=Now())
    told: Any = jobs.queues()
    assert told[jobs.WAITING.name] == {"critical": 1, "default": 0, "bulk": 2}
    assert 600 <= told[jobs.OLDEST.name]["bulk"] < 700
    assert told[jobs.OLDEST.name]["default"] == 0
    assert told[jobs.RUNNING.name] == {"critical": 0, "default": 0, "bulk": 0}
    assert told[jobs.FAILED.name] == 1


def test_the_schedule_tells_its_last_success_and_what_is_late() -> None:
    now = timezone.now()
    Schedule.objects.create(
        name="clean-expired-invites", due_at=now - timedelta(days=1), last_success_at=now - timedelta(days=2)
    )
    told: Any = jobs.schedule()
    assert told[jobs.SUCCESS.name] == {
        "clean-expired-invites": pytest.approx((now - timedelta(days=2)).timestamp(), abs=0.001)
    }
    assert told[jobs.LATE.name]["clean-expired-invites"] > 12 * 3600
    assert told[jobs.MISSED.name]["clean-expired-invites"] == 1


def test_silence_is_counted_from_the_last_report_of_any_process() -> None:
    assert jobs.silence() == {jobs.SILENCE.name: {}}
    heartbeats.report(heartbeats.BEAT)
    told: Any = jobs.silence()
    assert 0 <= told[jobs.SILENCE.name]["beat"] < 60


def test_the_database_tells_its_connections_and_size() -> None:
    told: Any = database.connections()
    assert set(told[database.CONNECTIONS.name]) == set(database.STATES)
    assert told[database.CONNECTIONS_MOST.name] > sum(told[database.CONNECTIONS.name].values()) > 0
    assert set(database.activity()) == {
        each.name for each in (database.BLOCKED, database.LONGEST, database.TRANSACTIONS, database.DEADLOCKS)
    }
    size: Any = database.size()
    assert size[database.SIZE.name] > 1_000_000


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connections that could run out")
def test_when_no_connection_is_left_for_the_site_the_superuser_counts_them(settings: Any, monkeypatch: Any) -> None:
    known = connection.settings_dict["USER"]
    settings.DB_ADMIN_USER, settings.DB_ADMIN_PASSWORD = "", connection.settings_dict["PASSWORD"]
    monkeypatch.setitem(connection.settings_dict, "USER", "refused")
    with pytest.raises(OperationalError):
        database.connections()
    settings.DB_ADMIN_USER = known
    told: Any = database.connections()
    assert told[database.CONNECTIONS_MOST.name] > 0


def test_what_runs_niced_does_not_make_the_processors_busy() -> None:
    def spent(seconds: dict[str, float], at: float) -> Snapshot:
        return Snapshot({system.CPU.name: [({"mode": mode}, value) for mode, value in seconds.items()]}, at)

    before = spent({"user": 0, "nice": 0, "idle": 0}, 0)
    assert series.cpu_busy(spent({"user": 20, "nice": 70, "idle": 10}, 60), before) == {"": pytest.approx(0.2)}


def test_the_machine_tells_what_it_has() -> None:
    told: Any = system.machine()
    assert told[system.MEMORY_TOTAL.name] > told[system.MEMORY_FREE.name] > 0
    assert set(told[system.CPU.name]) == set(system.MODES)
    disks: Any = system.disks()
    assert disks[system.DISK_SIZE.name]["site"] > disks[system.DISK_FREE.name]["site"] > 0


def test_people_are_counted() -> None:
    users = get_user_model().objects
    for number, days in enumerate((0, 0, 5)):
        users.create_user(f"person{number}", f"person{number}@example.com", date_joined=Now() - timedelta(days=days))
    (source,) = [source for source in sources.registered() if source.name == "accounts"]
    told: Any = source.question._ask()
    assert (told["deltacrown_users"], told["deltacrown_registrations_last_day"]) == (3, 2)
    assert told["deltacrown_active_users"] == {"15m": 0, "1d": 0}


def test_without_tls_there_is_no_certificate_to_run_out(settings: Any) -> None:
    settings.SITE_URL = "http://localhost:8000"
    assert services.certificate() == {}


def test_the_platforms_own_sources_are_registered_once() -> None:
    before = len(sources.registered())
    families.register_all()
    assert len(sources.registered()) == before
