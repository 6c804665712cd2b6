"""The broker: it gets nothing but ids, may be away, may hang, may forget. The caller never notices."""

import json
import logging
import os
import signal
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.core import jobs
from apps.core.jobs import dispatch, sweeping
from apps.core.models import Job
from deltacrown.local import redis as local_redis
from tests.core import job_tasks  # noqa: F401 - registers the tasks

pytestmark = pytest.mark.django_db(transaction=True)

QUEUES = ("critical", "default", "bulk")


@pytest.fixture(autouse=True)
def with_a_broker(settings: Settings) -> Iterator[None]:
    settings.JOBS_INLINE = False
    _forget()
    yield
    _forget()


def _forget() -> None:
    dispatch._silent_until = 0.0
    dispatch._line.producer = None


@pytest.fixture
def broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """A broker that is there. On a busy machine it may answer later than a page would wait."""
    patience = {name: 10 if name.endswith("timeout") else value for name, value in dispatch.IMPATIENCE.items()}
    monkeypatch.setattr(dispatch, "IMPATIENCE", patience)
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.delete(*QUEUES)
    yield client
    client.delete(*QUEUES)
    client.close()


def enqueue(count: int = 1, **options: str) -> list[Job]:
    with transaction.atomic():
        return [jobs.enqueue("tests.leave_mark", mark=f"secret {number}", **options) for number in range(count)]


def age(seconds: float) -> None:
    Job.objects.update(dispatched_at=Now() - timedelta(seconds=seconds))


def test_a_message_holds_the_id_and_nothing_else_of_the_job(broker: redis.Redis) -> None:
    [job] = enqueue(_queue="critical")
    [text] = broker.lrange("critical", 0, -1)
    message = json.loads(text)
    assert message["headers"]["job_id"] == job.pk
    assert message["headers"]["task"] == "tests.leave_mark"
    assert b"secret" not in text


def test_nothing_is_sent_before_the_commit_or_after_a_rollback(broker: redis.Redis) -> None:
    with transaction.atomic():
        jobs.enqueue("tests.leave_mark", mark="a")
        assert broker.llen("default") == 0
        transaction.set_rollback(True)
    assert broker.llen("default") == 0


def test_a_broker_that_is_away_costs_the_caller_no_error_and_no_second(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    begin = time.monotonic()
    with caplog.at_level(logging.WARNING, logger="apps.core.jobs"):
        waiting = enqueue(10)
    assert time.monotonic() - begin < 1
    [record] = caplog.records  # one for the outage, not one for each job
    assert "waits for the sweeper" in record.getMessage()
    assert Job.objects.filter(pk__in=[job.pk for job in waiting], state=Job.State.QUEUED).count() == 10


def test_a_broker_that_hangs_costs_the_caller_less_than_a_second(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        begin = time.monotonic()
        enqueue(10)
        assert time.monotonic() - begin < 1
    assert Job.objects.filter(state=Job.State.QUEUED).count() == 10


def test_a_broker_that_hangs_in_the_middle_of_a_connection_costs_less_than_a_second(
    settings: Settings, tmp_path: Path
) -> None:
    server = local_redis.start(tmp_path / "redis", password="x", log=tmp_path / "redis.log", keep=False)
    if server is None:
        pytest.skip("there is no Redis to be had on this machine")
    try:
        settings.CELERY_BROKER_URL = server.url()
        enqueue()
        with redis.Redis.from_url(server.url()) as client:
            assert client.llen("default") == 1
        os.kill(server.process.pid, signal.SIGSTOP)
        begin = time.monotonic()
        enqueue(10)
        took = time.monotonic() - begin
        os.kill(server.process.pid, signal.SIGCONT)
    finally:
        server.stop(keep=False)
    assert took < 1
    assert Job.objects.count() == 11


def test_what_the_broker_missed_is_sent_when_it_is_back(broker: redis.Redis, settings: Settings) -> None:
    there, settings.CELERY_BROKER_URL = settings.CELERY_BROKER_URL, "redis://127.0.0.1:1/0"
    enqueue(3)
    age(11)
    assert sweeping.sweep().sent == 0
    settings.CELERY_BROKER_URL = there
    _forget()
    assert sweeping.sweep().sent == 3
    assert broker.llen("default") == 3


def test_what_a_flushed_broker_forgot_is_sent_again(broker: redis.Redis) -> None:
    enqueue(5)
    enqueue(2, _queue="bulk")
    broker.flushdb()
    assert sweeping.sweep().sent == 0  # it may still be on its way
    age(11)
    assert sweeping.sweep().sent == 7
    assert (broker.llen("default"), broker.llen("bulk")) == (5, 2)
    assert sweeping.sweep().sent == 0


def test_a_long_queue_is_not_sent_again(broker: redis.Redis) -> None:
    enqueue(20)
    age(3600)
    assert sweeping.sweep().sent == 0
    assert broker.llen("default") == 20


def test_of_a_long_queue_only_what_is_missing_is_sent_again(broker: redis.Redis) -> None:
    enqueue(20)
    age(3600)
    broker.ltrim("default", 0, 14)
    assert sweeping.sweep().sent == 5
    assert broker.llen("default") == 20


def test_a_job_for_later_is_sent_when_its_time_has_come(broker: redis.Redis) -> None:
    job = jobs.enqueue("tests.leave_mark", mark="later", _run_at=timezone.now() + timedelta(hours=1))
    assert sweeping.sweep().sent == 0
    Job.objects.filter(pk=job.pk).update(run_at=Now())
    assert sweeping.sweep().sent == 1
    assert broker.llen("default") == 1


def test_one_job_that_can_not_be_sent_does_not_stop_the_sweep(
    broker: redis.Redis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange, sound = enqueue(2)
    Job.objects.update(dispatched_at=None)
    broker.delete("default")
    start = dispatch.start

    def fail_on_the_strange_one(job: Job) -> None:
        if job.pk == strange.pk:
            raise KeyError("a queue of another release")
        start(job)

    monkeypatch.setattr(dispatch, "start", fail_on_the_strange_one)
    sweeping.sweep()
    assert f"Job {strange.pk} could not be started" in caplog.text
    [text] = broker.lrange("default", 0, -1)
    assert json.loads(text)["headers"]["job_id"] == sound.pk
