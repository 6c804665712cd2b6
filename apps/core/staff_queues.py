"""What waits for a decision of staff, as the admin shows it: each app says it for its own models."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db.models import CharField, Count, QuerySet, Value

from apps.core import slots
from apps.core.models import ErrorGroup, FailedJob, Job
from apps.core.operations import since

SLOT = "staff_queues"
CACHE_KEY = "core:staff-queues"
# Nobody decides faster than that, and a busy admin asks for it with every page.
CACHE_SECONDS = 15

Waiting = Callable[[], list[QuerySet[Any]]]


def register(waiting: Waiting) -> None:
    """Let ``waiting`` name the rows of an app's models that wait for staff, as querysets."""
    slots.register(SLOT, waiting)


def own() -> list[QuerySet[Any]]:
    """Return what the platform waits for: what is wrong now, jobs that failed, and errors nobody has called mended."""
    return [
        since.speaking(),
        FailedJob.objects.filter(state=Job.State.FAILED),
        ErrorGroup.objects.filter(resolved_at__isnull=True),
    ]


def counts() -> dict[str, int]:
    """Return how many rows wait, by the label of their model, like ``{"teams.teamsponsor": 2}``; up to 15 s old."""
    known: dict[str, int] | None = cache.get(CACHE_KEY)
    if known is None:
        known = dict(_counted([rows for waiting in slots.fillings(SLOT) for rows in waiting()]))
        cache.set(CACHE_KEY, known, CACHE_SECONDS)
    return known


def _counted(queues: list[QuerySet[Any]]) -> list[tuple[str, int]]:
    """Count all queues by one statement. An empty one has no row."""
    each = [
        rows.order_by().values_list(Value(rows.model._meta.label_lower, output_field=CharField())).annotate(Count("pk"))
        for rows in queues
    ]
    return list(each[0].union(*each[1:], all=True)) if each else []
