"""What is drawn: each figure over an hour, a day or a month, in as many points as a chart can show."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Func, IntegerField

from apps.core.metrics.history.sampling import DAY, HOUR, MINUTE
from apps.core.models import MetricSample


@dataclass(frozen=True)
class Span:
    """How far back, by which rows, in steps of how many seconds."""

    name: str
    title: str
    length: timedelta
    resolution: MetricSample.Resolution
    step: int


SPANS = {
    span.name: span
    for span in (
        Span("hour", "Hour", timedelta(hours=1), MINUTE, 60),
        Span("day", "Day", timedelta(days=1), MINUTE, 900),
        Span("month", "Month", timedelta(days=30), HOUR, 6 * 3600),
        Span("year", "Year", timedelta(days=365), DAY, 3 * 86400),
    )
}
History = dict[str, dict[str, dict[int, float]]]


class Step(Func):
    """The number of the step that a time lies in, counted from 1970."""

    output_field = IntegerField()

    def __init__(self, field: str, seconds: int) -> None:
        super().__init__(field, template=f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {int(seconds)})::int")
        self.seconds = int(seconds)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template=f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {self.seconds}"
        )


def history(span: Span, *, now: datetime, series: list[str] | None = None) -> History:
    """Return by series and label the means of each step, by the step's number since 1970. One statement."""
    rows = MetricSample.objects.filter(resolution=span.resolution, at__gte=now - span.length, at__lte=now)
    if series is not None:
        rows = rows.filter(series__in=series)
    found: History = defaultdict(lambda: defaultdict(dict))
    steps = rows.annotate(step=Step("at", span.step)).values("series", "label", "step").annotate(mean=Avg("value"))
    for row in steps.order_by():
        found[row["series"]][row["label"]][row["step"]] = row["mean"]
    return found
