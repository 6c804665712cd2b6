"""What staff may do to a job by hand."""

from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from apps.core import audit
from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.jobs import dispatch
from apps.core.models import Job

PERMISSION = "core.requeue_job"


def check_may_manage(actor: Any) -> None:
    """Raise ``PermissionRefused`` unless ``actor`` may requeue and cancel. ``None`` is the operator at the shell."""
    if actor is not None and not actor.has_perm(PERMISSION):
        raise PermissionRefused("Requeueing and cancelling jobs needs the permission “Can requeue and cancel jobs”.")


def can_manage(actor: Any) -> bool:
    """Tell whether ``actor`` may requeue and cancel."""
    return actor is None or bool(actor.has_perm(PERMISSION))


def requeue(*, actor: Any, job_id: int) -> Job:
    """Run a failed or cancelled job again, with all its tries.

    Raises:
        PermissionRefused: The actor lacks ``core.requeue_job``.
        NotFound: There is no such job.
        Conflict: It has not failed, or another job with its key waits already.
    """
    check_may_manage(actor)
    with transaction.atomic():
        job = _locked(job_id)
        if job.state not in (Job.State.FAILED, Job.State.CANCELLED):
            raise Conflict(f"Job {job.pk} is {job.state}: only failed and cancelled jobs can be requeued.")
        before, job.state = job.state, Job.State.QUEUED
        job.attempts = job.lost_leases = 0
        job.run_at = job.dispatched_at = Now()
        job.finished_at = None
        try:
            with transaction.atomic():
                job.save()
        except IntegrityError:
            raise Conflict(f"Another job with the key {job.dedupe_key!r} waits or runs: nothing is lost.") from None
        job.refresh_from_db()
        audit.record(actor=actor, action="job.requeued", target=job, old={"state": before}, new={"state": job.state})
        transaction.on_commit(partial(dispatch.deliver, job), robust=True)
    return job


def cancel(*, actor: Any, job_id: int) -> Job:
    """Keep a waiting job from running.

    Raises:
        PermissionRefused: The actor lacks ``core.requeue_job``.
        NotFound: There is no such job.
        Conflict: It runs already, or is over.
    """
    check_may_manage(actor)
    with transaction.atomic():
        job = _locked(job_id)
        if job.state != Job.State.QUEUED:
            raise Conflict(f"Job {job.pk} is {job.state}: only waiting jobs can be cancelled.")
        before, job.state = job.state, Job.State.CANCELLED
        job.finished_at = Now()
        job.save(update_fields=["state", "finished_at"])
        audit.record(actor=actor, action="job.cancelled", target=job, old={"state": before}, new={"state": job.state})
    return job


def stop(*, actor: Any, job_id: int, reason: str) -> Job:
    """Take a running job from its worker for good: it counts as failed, and can be requeued.

    Its process may work on: when it comes to its end the job is no longer its own, and what it did in the database is
    rolled back. Who wants the process free as well interrupts it afterwards.

    Raises:
        PermissionRefused: The actor lacks ``core.requeue_job``.
        NotFound: There is no such job.
        Conflict: It does not run.
    """
    check_may_manage(actor)
    with transaction.atomic():
        job = _locked(job_id)
        if job.state != Job.State.RUNNING:
            raise Conflict(f"Job {job.pk} is {job.state}: only running jobs can be stopped.")
        before, job.state = job.state, Job.State.FAILED
        job.lease_token = job.lease_expires_at = None
        job.finished_at = Now()
        job.last_error = f"Stopped by hand: {reason}"[:500]
        job.save(update_fields=["state", "lease_token", "lease_expires_at", "finished_at", "last_error"])
        audit.record(actor=actor, action="job.stopped", target=job, old={"state": before}, new={"state": job.state})
    return job


def _locked(job_id: int) -> Job:
    try:
        return Job.objects.select_for_update().get(pk=job_id)
    except Job.DoesNotExist:
        raise NotFound(f"There is no job {job_id}.") from None
