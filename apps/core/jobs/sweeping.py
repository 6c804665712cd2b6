"""Making good what got lost: jobs whose worker died, whose message vanished, or whose time has come.

The rows are the truth and the messages only a hint, so a sweep may run anywhere, at any time, many at once: rows that
another sweep holds are passed over, and a message too many starts nothing.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from apps.core.jobs import dispatch
from apps.core.metrics import counted
from apps.core.models import Job

logger = logging.getLogger(__name__)

EVERY = 5.0  # seconds
BATCH = 200
# A message on its way from the broker to a worker is no longer in one and not yet claimed in the other.
MESSAGE_GRACE = timedelta(seconds=10)
MAX_LOST_LEASES = 3


@dataclass(frozen=True)
class Swept:
    recovered: int
    given_up: int
    sent: int


def sweep() -> Swept:
    """Give jobs of dead workers back, and send what waits without a message."""
    recovered, given_up = recover()
    sent = 0
    try:
        sent = send_due() + send_lost()
    except dispatch.BrokerUnreachable as error:
        logger.warning("Jobs wait until the broker is back: %s", error)
    if recovered or sent:
        logger.info("Swept up: %d jobs of lost workers, %d messages", recovered, sent)
    return Swept(recovered, given_up, sent)


def recover() -> tuple[int, int]:
    """Queue the jobs whose lease ran out again, and give up those that have lost three workers.

    Returns:
        How many were queued again, and how many given up.
    """
    expired = Job.objects.filter(state=Job.State.RUNNING, lease_expires_at__lt=Now()).order_by("lease_expires_at")
    recovered = given_up = 0
    while True:
        with transaction.atomic():
            batch = _take(expired)
            poisoned = [job.pk for job in batch if job.lost_leases + 1 >= MAX_LOST_LEASES]
            ended = {"lost_leases": F("lost_leases") + 1, "lease_token": None, "lease_expires_at": None}
            Job.objects.filter(pk__in=poisoned).update(
                **ended,
                state=Job.State.FAILED,
                finished_at=Now(),
                last_error=f"Its worker was lost {MAX_LOST_LEASES} times: by a limit, by memory, or by the task.",
            )
            Job.objects.filter(pk__in=[job.pk for job in batch if job.pk not in poisoned]).update(
                **ended, state=Job.State.QUEUED, run_at=Now(), dispatched_at=None
            )
        counted.LEASES_LOST.add(by=len(batch))
        for pk in poisoned:
            logger.error("Job %s is given up: it has lost %d workers", pk, MAX_LOST_LEASES)
        recovered += len(batch) - len(poisoned)
        given_up += len(poisoned)
        if len(batch) < BATCH:
            return recovered, given_up


def send_due() -> int:
    """Send what has no message yet: its time has come, it is tried again, or the broker was away. Returns how many."""
    return _send_all(_waiting().filter(dispatched_at=None).order_by("run_at"))


def send_lost() -> int:
    """Send again what the broker has lost. Returns how many.

    A long queue is no loss: only as many are sent as the queue has fewer messages than there are jobs waiting in it.
    Without that, a backlog would be sent again every ten seconds and never end.
    """
    sent = 0
    stale = _waiting().filter(dispatched_at__lt=Now() - MESSAGE_GRACE)
    for queue in set(stale.values_list("queue", flat=True)):
        waiting = _waiting().filter(queue=queue, dispatched_at__isnull=False).count()
        lost = waiting - dispatch.depth(queue)
        if lost > 0:
            sent += _send_all(stale.filter(queue=queue).order_by("dispatched_at"), limit=lost)
    return sent


def _waiting() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.QUEUED, run_at__lte=Now())


def _send_all(jobs: QuerySet[Job], *, limit: int | None = None) -> int:
    sent = 0
    while limit is None or sent < limit:
        size = BATCH if limit is None else min(BATCH, limit - sent)
        with transaction.atomic():
            batch = _take(jobs, size)
            Job.objects.filter(pk__in=[job.pk for job in batch]).update(dispatched_at=Now())
        for job in batch:
            _start(job)
        sent += len(batch)
        if len(batch) < size:
            break
    return sent


def _start(job: Job) -> None:
    """Start one job; one that cannot be started, as with a queue of another release, does not stop the others."""
    try:
        dispatch.start(job)
    except (dispatch.BrokerUnreachable, DatabaseError):
        raise
    except Exception:
        logger.exception("Job %s could not be started", job.pk)


def _take(jobs: QuerySet[Job], size: int = BATCH) -> list[Job]:
    """Lock up to ``size`` rows that no other sweep has. SQLite has one writer and so needs no row locks."""
    if connection.features.has_select_for_update_skip_locked:
        jobs = jobs.select_for_update(skip_locked=True)
    return list(jobs.only("pk", "name", "queue", "lost_leases")[:size])
