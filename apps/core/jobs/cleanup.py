"""Forgetting what is long done: jobs, and logins that ran out. The audit trail is never cleaned up."""

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from apps.core.models import Job

KEPT_FOR = timedelta(days=30)
BATCH = 1000
# What is left waits for tomorrow: a clean-up must not fill a night.
AT_MOST = 200_000


def delete_finished(*, older_than: timedelta = KEPT_FOR, batch: int = BATCH, at_most: int = AT_MOST) -> int:
    """Delete jobs that ended long ago. Returns how many."""
    old = Job.objects.filter(finished_at__lt=Now() - older_than).order_by("finished_at")
    return delete_in_batches(old, batch=batch, at_most=at_most)


def delete_expired_sessions(*, batch: int = BATCH, at_most: int = AT_MOST) -> int:
    """Delete logins that ran out. Returns how many."""
    return delete_in_batches(
        Session.objects.filter(expire_date__lt=Now()).order_by("expire_date"), batch=batch, at_most=at_most
    )


def delete_in_batches(
    rows: QuerySet[Any],
    *,
    batch: int = BATCH,
    at_most: int = AT_MOST,
) -> int:
    """Delete ``rows`` in their order, each batch in a transaction of its own. Returns how many of them are gone.

    Rows are locked for one batch and no longer. What another run has locked is passed over, so that two runs at once
    share the work and never wait for each other.
    """
    deleted = 0
    while deleted < at_most:
        with transaction.atomic():
            chosen = rows
            if connection.features.has_select_for_update_skip_locked:
                chosen = chosen.select_for_update(skip_locked=True)
            ids = list(chosen.values_list("pk", flat=True)[:batch])
            rows.model._default_manager.filter(pk__in=ids).delete()
        deleted += len(ids)
        if len(ids) < batch:
            break
    return deleted
