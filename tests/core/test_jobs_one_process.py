"""The site in one process, with SQLite and without Redis: the same promises, kept by a thread of the server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

SCRIPT = """
import threading, time
from datetime import timedelta

import django
django.setup()
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from apps.core import jobs
from apps.core.jobs import leases, one_process, operations, selectors
from apps.core.models import Job, Schedule
from tests.core import job_tasks

assert connection.vendor == "sqlite"
call_command("migrate", verbosity=0)
Group.objects.all().delete()  # those of staff

with transaction.atomic():
    job = jobs.enqueue("tests.leave_mark", mark="committed")
    assert not Group.objects.exists()
job.refresh_from_db()
assert job.state == "succeeded", job.last_error
with transaction.atomic():
    jobs.enqueue("tests.leave_mark", mark="rolled back")
    transaction.set_rollback(True)
assert Group.objects.count() == 1

first = jobs.enqueue("tests.leave_mark", mark="k", _dedupe_key="k", _run_at=timezone.now() + timedelta(hours=1))
assert jobs.enqueue("tests.leave_mark", mark="k", _dedupe_key="k").pk == first.pk
assert operations.cancel(actor=None, job_id=first.pk).state == "cancelled"

failing = jobs.enqueue("tests.leave_mark_and_break", mark="half")
failing.refresh_from_db()
assert (failing.state, failing.attempts) == ("queued", 1)

dead = Job.objects.create(name="tests.leave_mark", args={"mark": "of a dead process"})
assert leases.claim(dead.pk) is not None
assert Job.objects.get(pk=dead.pk).lease_expires_at > timezone.now() + timedelta(minutes=30)
Job.objects.filter(pk=dead.pk).update(lease_expires_at=Now() - timedelta(seconds=1))
later = jobs.enqueue("tests.leave_mark", mark="later", _run_at=timezone.now() + timedelta(hours=1))
Job.objects.filter(pk=later.pk).update(run_at=Now())
Job.objects.filter(pk=failing.pk).update(state="cancelled", finished_at=Now())
Schedule.objects.create(name="delete-finished-jobs-daily", due_at=timezone.now() - timedelta(days=2))

one_process.start()
assert "job-sweeper" in {thread.name for thread in threading.enumerate()}
deadline = time.monotonic() + 20
while Job.objects.filter(state__in=Job.UNFINISHED).exists() or not Job.objects.filter(name="core.delete_finished_jobs"):
    assert time.monotonic() < deadline, list(Job.objects.values())
    time.sleep(0.1)
assert set(Group.objects.values_list("name", flat=True)) == {"committed", "of a dead process", "later"}
assert Job.objects.get(name="core.delete_finished_jobs").result == {"deleted": 0, "heartbeats": 0}
assert selectors.overview()
print("kept")
"""


@pytest.mark.slow
def test_all_promises_are_kept_in_one_process(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "deltacrown.settings",
        "ENVIRONMENT": "development",
        "DB_ENGINE": "django.db.backends.sqlite3",
        "DB_NAME": str(tmp_path / "site.sqlite3"),
        "REDIS_URL": "",
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.stdout.endswith("kept\n"), done.stderr[-3000:]
