"""When disks will be full, by what was free in the last week."""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from apps.core.models import MetricSample
from apps.corelib.forecast import seconds_until_zero

WEEK = timedelta(days=7)
# Younger installations have minutes only; a fall over less than this says nothing.
LEAST = timedelta(hours=3)


def full_in_days() -> dict[str, float]:
    """Return in how many days each disk is full; those that do not fill up are left out."""
    now = timezone.now()
    for resolution in (3600, 60):
        rows = MetricSample.objects.filter(series="disk_free", resolution=resolution, at__gte=now - WEEK).order_by("at")
        points: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for label, at, value in rows.values_list("label", "at", "value"):
            points[label].append((at.timestamp(), value))
        long_enough = {
            label: line for label, line in points.items() if line[-1][0] - line[0][0] >= LEAST.total_seconds()
        }
        if long_enough:
            ends = {label: seconds_until_zero(line) for label, line in long_enough.items()}
            return {label: seconds / 86400 for label, seconds in ends.items() if seconds is not None}
    return {}
