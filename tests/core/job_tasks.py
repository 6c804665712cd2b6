"""Tasks for the tests of jobs. Their effect is a row, so that effects can be counted."""

import threading
from typing import Any
from uuid import uuid4

from celery import Task, shared_task
from django.contrib.auth.models import Group

from apps.core import context, jobs
from apps.core.errors import Conflict

seen: list[Any] = []
gate = threading.Event()


class Broken(Exception):
    """What a faulty task raises."""


@shared_task(bind=True, name="tests.leave_mark", formerly=("tests.make_mark",))
def leave_mark(self: Task, mark: str) -> dict[str, str]:
    Group.objects.create(name=mark)
    return {"mark": mark}


@shared_task(bind=True, name="tests.leave_mark_and_break")
def leave_mark_and_break(self: Task, mark: str) -> None:
    Group.objects.create(name=mark)
    raise Broken(f"after {mark}")


@shared_task(bind=True, name="tests.refuse", max_retries=5)
def refuse(self: Task) -> None:
    raise Conflict("The invitation has expired.")


@shared_task(bind=True, name="tests.retry_later", max_retries=1)
def retry_later(self: Task) -> None:
    raise jobs.RetryLater("Too many requests", seconds=90)


@shared_task(bind=True, name="tests.mark_outside", atomic=False, job_queue="bulk")
def mark_outside(self: Task, mark: str) -> None:
    Group.objects.create(name=mark)
    raise Broken("after the effect")


@shared_task(bind=True, name="tests.note_context")
def note_context(self: Task) -> None:
    seen.append(context.current())


@shared_task(bind=True, name="tests.wait_then_mark")
def wait_then_mark(self: Task, mark: str) -> None:
    Group.objects.create(name=mark)
    assert gate.wait(10)


@shared_task(bind=True, name="tests.enqueue_another")
def enqueue_another(self: Task, mark: str, fail: bool = False) -> None:
    jobs.enqueue("tests.leave_mark", mark=mark)
    if fail:
        raise Broken("after enqueueing")


@shared_task(bind=True, name="tests.take_anything")
def take_anything(self: Task, first: int, **others: Any) -> None:
    seen.append((first, others))


@shared_task(bind=True, name="tests.return_something")
def return_something(self: Task, what: str) -> object:
    return {"set": {1, 2}, "NUL": {"a": "\x00"}, "surrogate": "\ud800", "long": "x" * 20_000, "none": None}[what]


@shared_task(bind=True, name="tests.leave_another_mark")
def leave_another_mark(self: Task, mark: str) -> None:
    Group.objects.create(name=f"{mark} {Group.objects.count()} {uuid4()}")


@shared_task(bind=True, name="tests.leave_mark_and_go_on", atomic=False)
def leave_mark_and_go_on(self: Task, mark: str) -> None:
    leave_another_mark.run(mark)
