"""What the drill runs. An effect is a row, so that effects can be counted."""

import os
import signal
import time

from celery import Task, shared_task
from django.db import connection

from apps.core import context


def leave(mark: str) -> None:
    """Leave a mark in the transaction of the job."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_effect (job_id, mark) VALUES (%s, %s)", [context.current().task_id, mark])


@shared_task(bind=True, name="drill.leave_mark")
def leave_mark(self: Task, mark: str, seconds: float = 0) -> None:
    """Take effect, work on for a while, end."""
    leave(mark)
    time.sleep(seconds)


@shared_task(bind=True, name="drill.kill_own_worker")
def kill_own_worker(self: Task, mark: str) -> None:
    """Die as if out of memory."""
    leave(mark)
    os.kill(os.getpid(), signal.SIGKILL)
