"""Who works on a job: a claim by conditional UPDATE, renewed while the work goes on, and an end only for its holder.

All times are the database's. A worker that was taken for dead finds that its token is no longer the row's: its end
changes no row, and it rolls back what it did.
"""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Now

from apps.core.models import Job

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
# SQLite has one writer: while a task writes, no other connection can renew. Longer than the hard time limit instead.
LEASE_WITHOUT_RENEWAL = timedelta(minutes=35)


class LeaseLost(Exception):
    """Somebody else has this job now."""


def _renewable() -> bool:
    return bool(connection.features.has_select_for_update)


def _lease() -> timedelta:
    return LEASE if _renewable() else LEASE_WITHOUT_RENEWAL


def claim(job_id: int) -> Job | None:
    """Take a due job for this process, or return None: it is done, not due, cancelled, or somebody else has it."""
    token = uuid.uuid4()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED, run_at__lte=Now()).update(
        state=Job.State.RUNNING,
        lease_token=token,
        lease_expires_at=Now() + _lease(),
        attempts=F("attempts") + 1,
        started_at=Now(),
        worker=f"{socket.gethostname()}:{os.getpid()}",
    )
    return Job.objects.filter(pk=job_id, lease_token=token).first() if claimed else None


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)


def renew(job: Job) -> None:
    """Hold the job for another while. Raises ``LeaseLost``."""
    if not _mine(job).update(lease_expires_at=Now() + _lease()):
        raise LeaseLost(str(job))


def end(job: Job, **changes: Any) -> None:
    """Give the job back with ``changes``, in the transaction that is open. Raises ``LeaseLost``."""
    if not _mine(job).update(lease_token=None, lease_expires_at=None, **changes):
        raise LeaseLost(str(job))


@contextmanager
def held(job: Job) -> Iterator[None]:
    """Renew the lease from a thread with a connection of its own until the block ends."""
    if not _renewable():
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_renew_until, args=(done, job), name=f"lease-of-job-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()


def _renew_until(done: threading.Event, job: Job) -> None:
    try:
        while not done.wait(RENEW_EVERY.total_seconds()):
            try:
                renew(job)
            except LeaseLost:
                if not done.is_set():
                    logger.warning("Job %s was taken over: its lease had expired", job.pk)
                return
            except DatabaseError as error:
                logger.warning("The lease of job %s could not be renewed: %s", job.pk, error)
                connection.close()
    finally:
        connection.close()
