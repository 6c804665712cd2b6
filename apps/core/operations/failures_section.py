"""What failed lately and which statements were slow, as the platform's own lists have them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.models import ErrorGroup, SlowQuery
from apps.core.operations.sections import Section
from apps.corelib.units import duration

SHOWN = 5
LATELY = timedelta(days=1)


def content() -> dict[str, Any]:
    since = timezone.now() - LATELY
    errors = ErrorGroup.objects.filter(resolved_at=None, last_seen_at__gte=since).order_by("-last_seen_at")
    slow = SlowQuery.objects.filter(last_seen_at__gte=since).order_by("-max_ms")[:SHOWN]
    return {
        "errors": list(errors.defer("trace")[:SHOWN]),
        "number": errors.count(),
        "slow": [
            {"row": row, "most": duration(row.max_ms / 1000), "mean": duration(row.mean_ms / 1000)} for row in slow
        ],
    }


SECTION = Section("failures", "Errors and slow statements", 35, "core/operations/failures.html", content)
