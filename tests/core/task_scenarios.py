"""The platform's own tasks, for tests/core/test_tasks_once.py."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone

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


@once("core.delete_expired_sessions", expects=["valid"])
def a_login_that_ran_out() -> Case:
    number = a_number()
    for name, hours in (("valid", 1), ("gone", -1)):
        Session.objects.create(
            session_key=f"{name}-{number}", session_data="", expire_date=timezone.now() + timedelta(hours=hours)
        )
    mine = Session.objects.filter(session_key__endswith=f"-{number}")
    return Case({}, effect=lambda: [key.partition("-")[0] for key in mine.values_list("session_key", flat=True)])
