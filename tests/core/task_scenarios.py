"""The platform's own tasks, for tests/core/test_tasks_once.py."""

from datetime import timedelta

from django.db.models.functions import Now

from apps.core.models import Job
from tests.once import Case, a_number, once


@once("core.delete_finished_jobs", expects=["new"])
def old_and_new_jobs() -> Case:
    mark = f"case {a_number()}"
    for name, days in (("new", 29), ("old", 31)):
        Job.objects.create(
            name=name,
            args={"mark": mark},
            state=Job.State.SUCCEEDED,
            finished_at=Now() - timedelta(days=days),
        )
    return Case({}, effect=lambda: list(Job.objects.filter(args={"mark": mark}).values_list("name", flat=True)))
