"""Writes down the figures of each minute, and makes hours of minutes and days of hours.

It runs in the worker's main process beside the sweep, not as a job: it must go on while the broker is away, and that is
when somebody looks. Of several workers one writes; the others find the minute taken.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import F, FloatField, Max, Min, Sum
from django.db.models.functions import Trunc
from django.utils import timezone

from apps.core.jobs.cleanup import delete_in_batches
from apps.core.metrics import snapshot
from apps.core.metrics.history.series import ALL
from apps.core.metrics.snapshot import Snapshot
from apps.core.models import MetricSample

MINUTE, HOUR, DAY = (MetricSample.Resolution(seconds) for seconds in (60, 3600, 86400))
KEPT = {MINUTE: timedelta(hours=26), HOUR: timedelta(days=35), DAY: timedelta(days=400)}
# Each coarser row is made of finer ones, which are kept for longer than its time.
MADE_OF = {HOUR: (MINUTE, "hour"), DAY: (HOUR, "day")}
# What was seen long ago says nothing about the last minute: after a pause one minute is left out.
MOST_BETWEEN = 300.0


class Sampler:
    """Called every few seconds; does something once a minute."""

    def __init__(self) -> None:
        self._before: Snapshot | None = None
        self._minute: datetime | None = None
        self._hour: datetime | None = None

    def __call__(self, *, now: datetime | None = None) -> int:
        """Return how many figures were written."""
        minute = (now or timezone.now()).replace(second=0, microsecond=0)
        if minute == self._minute:
            return 0
        self._minute = minute
        seen, self._before = self._before, snapshot.take()
        written = 0
        if seen is not None and self._before.at - seen.at <= MOST_BETWEEN:
            written = write(self._before, seen, minute)
        if (hour := minute.replace(minute=0)) != self._hour:
            tidy(now=minute)
            self._hour = hour
        return written


sample = Sampler()  # of this process


def write(now: Snapshot, before: Snapshot, minute: datetime) -> int:
    """Write one row for each figure. A row that another process wrote stays. Returns how many there were to write."""
    rows = [
        MetricSample(
            series=series.name, label=label[:100], resolution=MINUTE, at=minute, value=value, low=value, high=value
        )
        for series in ALL
        for label, value in series.read(now, before).items()
    ]
    MetricSample.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def tidy(*, now: datetime) -> None:
    """Make hours of minutes and days of hours, and delete what is too old. Safe to run twice and at once."""
    for resolution in MADE_OF:
        summarise(resolution, now=now)
    for resolution, length in KEPT.items():
        delete_in_batches(MetricSample.objects.filter(resolution=resolution, at__lt=now - length).order_by("at"))


def summarise(resolution: MetricSample.Resolution, *, now: datetime) -> int:
    """Write the rows of this resolution that are complete and missing. Returns how many."""
    finer, unit = MADE_OF[resolution]
    last = MetricSample.objects.filter(resolution=resolution).aggregate(at=Max("at"))["at"]
    begin = last + timedelta(seconds=resolution) if last else now - KEPT[finer]
    end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if resolution == DAY:
        end = end.replace(hour=0)
    rows = (
        MetricSample.objects.filter(resolution=finer, at__gte=begin, at__lt=end)
        .annotate(begin=Trunc("at", unit, tzinfo=UTC))
        .values("series", "label", "begin")
        .annotate(
            number=Sum("count"),
            sum=Sum(F("value") * F("count"), output_field=FloatField()),
            least=Min("low"),
            most=Max("high"),
        )
    )
    made = [
        MetricSample(
            series=row["series"],
            label=row["label"],
            resolution=resolution,
            at=row["begin"],
            value=row["sum"] / row["number"],
            low=row["least"],
            high=row["most"],
            count=row["number"],
        )
        for row in rows
    ]
    MetricSample.objects.bulk_create(made, ignore_conflicts=True, batch_size=2000)
    return len(made)
