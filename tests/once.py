"""Every task once: run twice, eight times at once and killed half-way, it has the effect of one run.

An app says in ``tests/<app>/task_scenarios.py`` how its tasks are tried::

    @once("teams.send_invite_notification", expects=1)
    def invite() -> Case:
        invite = make_invite()
        return Case({"invite_id": invite.pk}, effect=lambda: Notification.objects.filter(recipient=invite.user).count())

``prepare`` is called several times within one test and makes rows of its own each time, so names must be new ones
(``a_number()``) and the effect looks at nothing but these rows. It is read before the first run too: a scenario whose
task changes nothing proves nothing and is refused. tests/core/test_tasks_once.py finds tasks and scenarios.
"""

import importlib
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from apps.core.jobs import registry, running, sweeping
from apps.core.models import Job

AT_ONCE = 8
KILLS = 4
# The claim of the job itself: killed before its end, nothing has begun.
FIRST_KILL = 3
ROUNDS = 10

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Case:
    """What one run is called with, and how its effect is read: a plain value without ids."""

    args: Mapping[str, Any]
    effect: Callable[[], object]


@dataclass(frozen=True)
class Scenario:
    """One way of trying a task. ``or_after_kill`` are further outcomes when it is killed, such as a mail in doubt."""

    task: str
    prepare: Callable[[], Case]
    expects: object
    or_after_kill: tuple[object, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.task}:{self.prepare.__name__}"


scenarios: list[Scenario] = []


def once(
    task: str, *, expects: object, or_after_kill: tuple[object, ...] = ()
) -> Callable[[Callable[[], Case]], Callable[[], Case]]:
    """Register the decorated function as a scenario of ``task``, with what its effect is after any number of runs."""

    def add(prepare: Callable[[], Case]) -> Callable[[], Case]:
        scenarios.append(Scenario(task, prepare, expects, or_after_kill))
        return prepare

    return add


def a_number() -> int:
    """Return a number that no other case of this process got, for names and addresses."""
    return next(_numbers)


def load() -> list[Scenario]:
    """Import the scenarios of all apps."""
    for path in sorted(Path(__file__).parent.glob("*/task_scenarios.py")):
        importlib.import_module(f"tests.{path.parent.name}.task_scenarios")
    return scenarios


def project_tasks() -> list[str]:
    """Return the names of all tasks that our apps register. The tests' and the drills' own are not among them."""
    tasks = registry.loaded_app().tasks
    return sorted(
        name for name, task in tasks.items() if task.name == name and type(task).run.__module__.startswith("apps.")
    )


def run_twice(scenario: Scenario) -> int:
    """Run it, and run it again. Returns how many statements the first run took."""
    case = _prepared(scenario)
    with _counted() as count:
        _run(_jobs(scenario, case, 1))
    _check(scenario, case, "after one run")
    _run(_jobs(scenario, case, 1))
    _check(scenario, case, "after a second run")
    return count.statements


def run_at_once(scenario: Scenario) -> None:
    """Run it in eight threads that begin together."""
    case = _prepared(scenario)
    jobs = _jobs(scenario, case, AT_ONCE)
    start = threading.Barrier(AT_ONCE)

    def work(pk: int) -> None:
        try:
            start.wait(20)
            running.run(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, jobs))
    _let_everything_end()
    _check(scenario, case, f"after {AT_ONCE} runs at once")


def run_killed(scenario: Scenario, statements: int) -> None:
    """Kill it at some of its statements, as often as a new run; each time what is left over is run to its end."""
    points = {FIRST_KILL + (statements - FIRST_KILL) * step // (KILLS - 1) for step in range(KILLS)}
    for point in sorted(points):
        case = _prepared(scenario)
        [pk] = _jobs(scenario, case, 1)
        _kill_at(point, pk)
        _let_everything_end()
        _check(scenario, case, f"killed at statement {point} of {statements}", *scenario.or_after_kill)


class Killed(BaseException):
    """Ends a run as kill -9 does: nothing that catches exceptions may clean up after it."""


@dataclass
class _Count:
    statements: int = 0
    limit: int | None = None

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        self.statements += 1
        if self.limit is not None and self.statements >= self.limit:
            raise Killed
        return execute(*args)


@contextmanager
def _counted(limit: int | None = None) -> Iterator[_Count]:
    count = _Count(limit=limit)
    with connection.execute_wrapper(count):
        yield count


def _kill_at(statement: int, pk: int) -> None:
    try:
        with _counted(limit=statement):
            running.run(pk)
    except Killed:
        connection.close()  # the server rolls back what was not committed


def _prepared(scenario: Scenario) -> Case:
    case = scenario.prepare()
    _let_everything_end()
    assert case.effect() != scenario.expects, f"{scenario}: its effect is there before it ran."
    return case


def _jobs(scenario: Scenario, case: Case, number: int) -> list[int]:
    """Write jobs of their own, as if somebody had asked for the same several times."""
    made = (Job.objects.create(name=scenario.task, args=dict(case.args)) for _ in range(number))
    return [job.pk for job in made]


def _run(jobs: list[int]) -> None:
    for pk in jobs:
        running.run(pk)
    _let_everything_end()


def _let_everything_end() -> None:
    """Do what workers and sweepers do until nothing is due: leases run out, tries are repeated, jobs are made."""
    for _ in range(ROUNDS):
        Job.objects.filter(state=Job.State.RUNNING).update(lease_expires_at=Now() - timedelta(minutes=1))
        sweeping.recover()
        Job.objects.filter(state=Job.State.QUEUED, attempts__gt=0).update(run_at=Now())
        due = list(Job.objects.filter(state=Job.State.QUEUED, run_at__lte=Now()).values_list("pk", flat=True))
        if not due:
            break
        for pk in due:
            running.run(pk)
    unfinished = Job.objects.exclude(state=Job.State.SUCCEEDED).exclude(run_at__gt=Now())
    assert not unfinished.exists(), "\n".join(f"{job}: {job.state} {job.last_error}\n{job.trace}" for job in unfinished)


def _check(scenario: Scenario, case: Case, when: str, *others: object) -> None:
    found = case.effect()
    assert found in (scenario.expects, *others), f"{scenario} {when}: {found!r} instead of {scenario.expects!r}."
