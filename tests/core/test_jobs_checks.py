"""Checks: a schedule that could never run and two tasks of one name are found before anything starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.schedules import BaseSchedule

from apps.core.jobs import checks, registry
from tests.core import job_tasks

TWICE = """
from celery import shared_task

@shared_task(bind=True, name="teams.clean")
def clean(self): ...
"""


class AtSunset(BaseSchedule):
    """A kind of schedule that Celery allows and that has no times we could tell."""


@pytest.fixture
def scheduled() -> Iterator[dict[str, object]]:
    conf = registry.loaded_app().conf
    before, conf.beat_schedule = conf.beat_schedule, {}
    yield conf.beat_schedule
    conf.beat_schedule = before


def test_our_schedule_and_our_tasks_are_sound() -> None:
    assert checks.check_schedule() == []
    assert checks.check_task_names() == []
    assert len(registry.loaded_app().conf.beat_schedule) > 0


def test_an_entry_for_a_task_that_is_registered_under_another_name_is_found(scheduled: dict[str, object]) -> None:
    """The seed's own mistake: the schedule names the module's path, the task has a name of its own."""
    scheduled["delete-daily"] = {"task": "apps.core.tasks.delete_finished_jobs", "schedule": 60.0}
    [error] = checks.check_schedule()
    assert error.id == "core.E101"
    assert "delete-daily can never run: No task is named 'apps.core.tasks.delete_finished_jobs'" in error.msg


def test_an_entry_with_arguments_that_its_task_does_not_take_is_found(scheduled: dict[str, object]) -> None:
    scheduled["mark"] = {"task": job_tasks.leave_mark.name, "schedule": 60.0, "kwargs": {"colour": "red"}}
    [error] = checks.check_schedule()
    assert error.id == "core.E102"


def test_an_entry_whose_times_can_not_be_told_is_found(scheduled: dict[str, object]) -> None:
    scheduled["at-sunset"] = {"task": "tests.refuse", "schedule": AtSunset()}
    [error] = checks.check_schedule()
    assert error.id == "core.E102"
    assert "a crontab or an interval" in error.msg


def test_two_tasks_of_one_name_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for app in ("teams", "players"):
        (tmp_path / app).mkdir()
        (tmp_path / app / "tasks.py").write_text(TWICE)
    monkeypatch.setattr(checks, "task_modules", lambda: sorted(tmp_path.rglob("*.py")))
    [error] = checks.check_task_names()
    assert error.id == "core.E103"
    assert error.msg == "2 tasks are named 'teams.clean': players/tasks.py:4, teams/tasks.py:4"


def test_the_tasks_of_every_app_are_looked_at() -> None:
    found = {f"{path.parent.name}/{path.name}" for path in checks.task_modules()}
    assert "core/tasks.py" in found
