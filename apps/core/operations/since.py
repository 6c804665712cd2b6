"""Since when something is wrong: noted by the worker once a minute, told by the first lines of the operations page."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.metrics.history.sampling import KEPT, MINUTE
from apps.core.models import MetricSample, Operations

SERIES = "finding"  # its label is the name of the alert
# Without a note for this long it was well again, or nobody looked: what comes after it has begun anew.
PAUSE = timedelta(minutes=5)
TRUE_FOR = timedelta(minutes=3)


def note(alerts: Iterable[str], *, now: datetime | None = None) -> int:
    """Write down which alerts speak in this minute. A row that another process wrote stays. Returns how many speak."""
    minute = (now or timezone.now()).replace(second=0, microsecond=0)
    rows = [
        MetricSample(series=SERIES, label=alert, resolution=MINUTE, at=minute, value=1, low=1, high=1)
        for alert in sorted(set(alerts))
    ]
    MetricSample.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def began(*, now: datetime | None = None) -> dict[str, datetime]:
    """Return by alert since when it has spoken without a pause; at most as long ago as minutes are kept."""
    now = now or timezone.now()
    rows = MetricSample.objects.filter(series=SERIES, resolution=MINUTE, at__gte=now - KEPT[MINUTE], at__lte=now)
    begins: dict[str, datetime] = {}
    for alert, at in rows.order_by("-at").values_list("label", "at"):
        if begins.get(alert, now) - at <= PAUSE:
            begins[alert] = at
    return begins


def speaking() -> QuerySet[Operations]:
    """Return one row for each alert that spoke when somebody last looked, unless that is too long ago to be true."""
    notes = Operations.objects.filter(series=SERIES, resolution=MINUTE)
    newest = notes.filter(at__gte=timezone.now() - TRUE_FOR).order_by("-at").values("at")[:1]
    return notes.filter(at=newest)
