"""Forgetting jobs that are long done."""

from datetime import timedelta

from django.db.models.functions import Now

from apps.core.models import Job

KEPT_FOR = timedelta(days=30)
BATCH = 1000


def delete_finished(*, older_than: timedelta = KEPT_FOR, batch: int = BATCH, at_most: int = 200_000) -> int:
    """Delete finished jobs in batches, each its own transaction. Returns how many; what is left waits for tomorrow."""
    old = Job.objects.filter(finished_at__lt=Now() - older_than).order_by("finished_at")
    deleted = 0
    while deleted < at_most:
        ids = list(old.values_list("pk", flat=True)[:batch])
        deleted += Job.objects.filter(pk__in=ids).delete()[0]
        if len(ids) < batch:
            break
    return deleted
