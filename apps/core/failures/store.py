"""The rows: one for each kind of failure and each slow statement, and never more than so many."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from apps.core.context import Context
from apps.core.failures.grouping import Failure
from apps.core.models import ErrorGroup, ErrorSighting, SlowQuery

MOST_ERRORS = 500
MOST_SIGHTINGS = 5000
MOST_STATEMENTS = 300


def note_failure(failure: Failure, known: Context, at: datetime) -> ErrorGroup:
    """Count a failure with those like it. One that comes back after it was resolved is open again."""
    latest = {
        "kind": failure.kind,
        "message": failure.message,
        "place": failure.place,
        "trace": failure.trace,
        "source": failure.source,
        "last_seen_at": at,
        "last_release": settings.RELEASE[:100],
        "route": known.route[:200],
        "request_id": known.request_id[:64],
        "task_id": known.task_id[:64],
        "resolved_at": None,
    }
    with transaction.atomic():
        group, made = ErrorGroup.objects.get_or_create(
            fingerprint=failure.fingerprint,
            defaults={**latest, "count": 1, "first_seen_at": at, "first_release": settings.RELEASE[:100]},
        )
        if not made:
            ErrorGroup.objects.filter(pk=group.pk).update(**latest, count=F("count") + 1)
        if known.request_id:
            ErrorSighting.objects.create(group=group, request_id=known.request_id[:64], at=at)
    if made:
        _keep_newest(ErrorGroup.objects.order_by("-last_seen_at", "-pk"), MOST_ERRORS)
    if known.request_id:
        _keep_newest(ErrorSighting.objects.order_by("-pk"), MOST_SIGHTINGS)
    return group


def note_slow(fingerprint: str, statement: str, ms: float, known: Context, at: datetime) -> None:
    """Count a slow statement with those like it on the same page. The number is that of the slowest."""
    with transaction.atomic():
        row, made = SlowQuery.objects.get_or_create(
            fingerprint=fingerprint,
            defaults={
                "statement": statement,
                "route": known.route[:200],
                "count": 1,
                "total_ms": ms,
                "max_ms": ms,
                "first_seen_at": at,
                "last_seen_at": at,
                "request_id": known.request_id[:64],
            },
        )
        if not made:
            SlowQuery.objects.filter(pk=row.pk, max_ms__lt=ms).update(request_id=known.request_id[:64])
            SlowQuery.objects.filter(pk=row.pk).update(
                count=F("count") + 1, total_ms=F("total_ms") + ms, max_ms=Greatest("max_ms", ms), last_seen_at=at
            )
    if made:
        _keep_newest(SlowQuery.objects.order_by("-last_seen_at", "-pk"), MOST_STATEMENTS)


def _keep_newest(rows: "models.QuerySet[models.Model]", most: int) -> None:
    """Delete all but the first ``most`` of ``rows``."""
    edge = list(rows.values_list("pk", flat=True)[most : most + 200])
    if edge:
        rows.model._default_manager.filter(pk__in=edge).delete()
