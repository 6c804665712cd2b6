"""Celery as the seed configures it, and what had to be corrected: docs/jobs.md says why for each."""

from typing import Any

import pytest
from celery.schedules import crontab

from apps.core.jobs import registry, schedules
from deltacrown.celery import app
from tests import once

SEED = {
    "task_serializer": "json",
    "accept_content": ["json"],
    "result_serializer": "json",
    "timezone": "UTC",
    "enable_utc": True,
    "task_track_started": True,
    "task_time_limit": 30 * 60,
    "task_soft_time_limit": 25 * 60,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "result_expires": 3600,
    "worker_max_tasks_per_child": 1000,
}
CORRECTED = {
    # The seed has 4: with late acknowledgement one worker would hold four jobs while others idle.
    "worker_prefetch_multiplier": 1,
    # A name that the seed leaves out is a name that Celery guesses.
    "task_default_queue": "default",
    "task_create_missing_queues": False,
    "task_ignore_result": True,
    "worker_max_memory_per_child": 400_000,
}
SEED_SCHEDULE = {
    "recompute-rankings-daily": ("teams.recompute_team_rankings", crontab(hour=2, minute=0)),
    "send-digest-emails-daily": ("notifications.send_daily_digest", crontab(hour=8, minute=0)),
    "clean-expired-invites": ("teams.clean_expired_invites", crontab(hour="*/6", minute=0)),
    "expire-sponsors-daily": ("teams.expire_sponsors_task", crontab(hour=3, minute=0)),
    "process-scheduled-promotions": ("teams.process_scheduled_promotions_task", crontab(minute=0)),
}
CRITICAL = {"accounts.send_mail"}


@pytest.mark.parametrize(("name", "value"), [*SEED.items(), *CORRECTED.items()])
def test_a_setting_is_in_force(name: str, value: Any) -> None:
    assert getattr(app.conf, name) == value


def test_there_are_three_queues_and_no_others() -> None:
    assert [queue.name for queue in app.conf.task_queues] == ["critical", "default", "bulk"]


def test_a_message_outlives_the_longest_job_before_it_is_delivered_again() -> None:
    assert app.conf.broker_transport_options["visibility_timeout"] >= 2 * app.conf.task_time_limit


def test_the_five_entries_of_the_seed_stand_with_their_names_and_times_and_tasks_that_exist() -> None:
    found = {entry.name: (entry.task, entry.when) for entry in schedules.entries()}
    assert {name: found.get(name) for name in SEED_SCHEDULE} == SEED_SCHEDULE
    assert {task for task, _ in SEED_SCHEDULE.values()} <= set(app.tasks)


def test_every_task_is_one_that_keeps_its_row_and_tries_again() -> None:
    """The seed wrote max_retries=3 and nothing that retried."""
    for name in once.project_tasks():
        task = registry.task_named(name)
        assert task.max_retries is None or task.max_retries >= 3, name
        assert task.backoff_seconds > 0, name
        assert task.job_queue in {"critical", "default", "bulk"}, name


def test_only_what_somebody_waits_for_goes_before_everything_else() -> None:
    assert {name for name in once.project_tasks() if registry.task_named(name).job_queue == "critical"} == CRITICAL
