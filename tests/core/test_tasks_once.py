"""Every task of the platform, found by enumeration: run twice, eight times at once and killed, it takes effect once."""

import pytest
from django.contrib.auth.models import Group

from apps.core.models import Job
from tests import once
from tests.core import job_tasks  # noqa: F401 - registers the tasks of the tests
from tests.once import Case, Scenario

SCENARIOS = once.load()


def test_every_task_has_a_scenario() -> None:
    """A new task comes with its scenario in tests/<app>/task_scenarios.py; tests/once.py says how."""
    assert set(once.project_tasks()) - {scenario.task for scenario in SCENARIOS} == set()


def test_no_scenario_is_of_a_task_that_is_gone() -> None:
    assert {scenario.task for scenario in SCENARIOS} - set(once.project_tasks()) == set()


# One test for each app and not for each scenario: between two tests all tables are emptied, which takes longer than
# most scenarios. Each makes rows of its own and looks at no others.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("app", sorted({scenario.task.partition(".")[0] for scenario in SCENARIOS}))
def test_a_task_has_the_effect_of_one_run(app: str, subtests: pytest.Subtests) -> None:
    for scenario in SCENARIOS:
        if scenario.task.startswith(f"{app}."):
            Job.objects.all().delete()
            with subtests.test(scenario=str(scenario)):
                statements = once.run_twice(scenario)
                once.run_at_once(scenario)
                once.run_killed(scenario, statements)


@pytest.mark.django_db(transaction=True)
def test_a_task_that_takes_effect_twice_is_found() -> None:
    """The proof of the proof: the same runner refuses a task that adds a row each time."""
    twice = Scenario("tests.leave_another_mark", _another, expects=1)
    with pytest.raises(AssertionError, match="after a second run: 2 instead of 1"):
        once.run_twice(twice)
    with pytest.raises(AssertionError, match="after 8 runs at once: 8 instead of 1"):
        once.run_at_once(twice)


@pytest.mark.django_db(transaction=True)
def test_a_task_that_forgets_what_it_did_when_it_is_killed_is_found() -> None:
    careless = Scenario("tests.leave_mark_and_go_on", _another, expects=1)
    with pytest.raises(AssertionError, match="killed at statement"):
        once.run_killed(careless, statements=6)


@pytest.mark.django_db(transaction=True)
def test_a_scenario_without_an_effect_proves_nothing_and_is_refused() -> None:
    idle = Scenario("tests.leave_another_mark", _another, expects=0)
    with pytest.raises(AssertionError, match="its effect is there before it ran"):
        once.run_twice(idle)


def _another() -> Case:
    mark = f"mark {once.a_number()} of"
    return Case({"mark": mark}, effect=lambda: Group.objects.filter(name__startswith=mark).count())
