"""The platform's own tasks, for tests/core/test_tasks_once.py."""

import atexit
import shutil
import tempfile
from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.backups import making
from apps.core.models import BackupRecord, Job
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


def _folder_of_backups() -> None:
    """Keep what these scenarios back up out of the checkout, until the process ends."""
    folder = tempfile.mkdtemp(prefix="deltacrown-backups-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings.BACKUP_DIR = folder
    settings.MEDIA_ROOT = f"{folder}/media"


def _succeeded(kind: str) -> int:
    return BackupRecord.objects.filter(kind=kind, state="succeeded").count()


@once("core.back_up", expects=1)
def a_day_without_a_backup() -> Case:
    _folder_of_backups()
    BackupRecord.objects.all().delete()
    return Case({}, effect=lambda: _succeeded("all"))


@once("core.run_backup", expects=1)
def a_backup_that_staff_asked_for() -> Case:
    _folder_of_backups()
    occasion = f"asked {a_number()}"
    args = {"kind": "media", "set_id": "", "occasion": occasion, "asked_by": None}
    return Case(args, effect=lambda: BackupRecord.objects.filter(occasion=occasion, state="succeeded").count())


@once("core.drill_backup", expects=1)
def a_week_without_a_drill() -> Case:
    _folder_of_backups()
    BackupRecord.objects.all().delete()
    making.make(actor=None, kind="media")  # without the database a drill takes no time, and is one all the same
    return Case({}, effect=lambda: _succeeded("drill"))
