"""What `manage.py check`, and every worker at its start, finds wrong with tasks and schedule."""

import ast
import importlib.util
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from celery.schedules import BaseSchedule
from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.utils import timezone

from apps.core.jobs import registry, schedules

OURS = "apps."


@register("jobs")
def check_schedule(**kwargs: Any) -> list[CheckMessage]:
    """Each entry of the schedule names a task that exists, with arguments that it takes, at times that can be told."""
    errors: list[CheckMessage] = []
    for entry in schedules.entries():
        try:
            registry.task_named(entry.task).check_signature(dict(entry.args))
            _check_times(entry.when)
        except registry.UnknownTask as error:
            errors.append(Error(f"{entry.name} can never run: {error}", id="core.E101"))
        except TypeError as error:
            errors.append(Error(f"{entry.name} can never run: {error}", id="core.E102"))
    return errors


def _check_times(when: BaseSchedule) -> None:
    schedules.next_due(when, timezone.now())


@register("jobs")
def check_task_names(**kwargs: Any) -> list[CheckMessage]:
    """No two tasks have one name: Celery would keep the first it sees and drop the other."""
    places = defaultdict(list)
    for path in task_modules():
        for name, line in names_in(path.read_text()):
            places[name].append(f"{path.parent.name}/{path.name}:{line}")
    return [
        Error(f"{len(found)} tasks are named {name!r}: {', '.join(found)}", id="core.E103")
        for name, found in sorted(places.items())
        if len(found) > 1
    ]


def task_modules() -> Iterator[Path]:
    """Yield the files of all ``tasks`` modules and packages of our apps."""
    for app in apps.get_app_configs():
        if app.name.startswith(OURS) and (spec := importlib.util.find_spec(f"{app.name}.tasks")) and spec.origin:
            origin = Path(spec.origin)
            yield from sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]


def names_in(source: str) -> Iterator[tuple[str, int]]:
    """Yield name and line of each task. From the text, because of two with one name only one can be loaded."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(("shared_task", ".task")):
                for keyword in decorator.keywords:
                    if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                        yield str(keyword.value.value), decorator.lineno
