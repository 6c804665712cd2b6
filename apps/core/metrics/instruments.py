"""What can be counted while it happens: how often, how long, how many at this moment.

A process writes into its own file (``counting``); the sum over all of them is read by ``metrics``.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from apps.core.metrics import counting
from apps.core.metrics.shelf import Rows

_instruments: dict[str, "Instrument"] = {}


class Instrument:
    """A name with its unit, what it means, and labels whose values are few and known."""

    kind = ""
    bounds: tuple[float, ...] = ()
    numbers = 1

    def __init__(self, name: str, help: str, labels: tuple[str, ...] = ()) -> None:
        self.name, self.help, self.labels = name, help, labels
        if name in _instruments:
            raise ValueError(f"{name} exists already.")
        _instruments[name] = self

    def key(self, values: tuple[str, ...]) -> str:
        """What a row is called in the file, with all that must agree for two rows to be added up."""
        return json.dumps([self.kind, self.name, self.labels, self.bounds, values])

    def family(self, rows: list[tuple[list[str], list[float]]]) -> Metric:
        """Return what was counted as Prometheus' client writes it, from label values and their rows."""
        raise NotImplementedError


class Counter(Instrument):
    """How often something happened since counting began. Its name ends in ``_total``."""

    kind = "counter"

    def add(self, *values: str, by: float = 1.0) -> None:
        counting.add(self, values, (0, by))

    def family(self, rows: list[tuple[list[str], list[float]]]) -> Metric:
        metric = CounterMetricFamily(self.name.removesuffix("_total"), self.help, labels=self.labels)
        for values, row in rows:
            metric.add_metric(values, row[0])
        return metric


class Live(Instrument):
    """How many there are now, in all living processes together. What a killed process had is gone with it."""

    kind = "live"

    def add(self, *values: str, by: float = 1.0) -> None:
        counting.add(self, values, (0, by))

    def put(self, *values: str, number: float) -> None:
        counting.put(self, values, number)

    def family(self, rows: list[tuple[list[str], list[float]]]) -> Metric:
        metric = GaugeMetricFamily(self.name, self.help, labels=self.labels)
        for values, row in rows:
            metric.add_metric(values, row[0])
        return metric


class Histogram(Instrument):
    """How things are spread: how many were not above each bound, their number and their sum."""

    kind = "histogram"

    def __init__(self, name: str, help: str, labels: tuple[str, ...], bounds: tuple[float, ...]) -> None:
        super().__init__(name, help, labels)
        self.bounds = bounds
        self.numbers = len(bounds) + 2  # one more for what is above all bounds, one for the sum

    def observe(self, value: float, *values: str) -> None:
        counting.add(self, values, (bisect_left(self.bounds, value), 1.0), (len(self.bounds) + 1, value))

    def family(self, rows: list[tuple[list[str], list[float]]]) -> Metric:
        metric = HistogramMetricFamily(self.name, self.help, labels=self.labels)
        names = [*(str(bound) for bound in self.bounds), "+Inf"]
        for values, row in rows:
            buckets = list(zip(names, accumulate(row[:-1]), strict=True))
            metric.add_metric(values, buckets, sum_value=row[-1])
        return metric


def collect(rows: Rows) -> Iterator[Metric]:
    """Yield one family for each instrument. Rows that no instrument of this release has are left out."""
    found: dict[str, list[tuple[list[str], list[float]]]] = {name: [] for name in _instruments}
    for key, row in sorted(rows.items()):
        kind, name, labels, bounds, values = json.loads(key)
        instrument = _instruments.get(name)
        if instrument and (kind, labels, bounds) == (instrument.kind, list(instrument.labels), list(instrument.bounds)):
            found[name].append((values, row))
    for name, instrument in sorted(_instruments.items()):
        yield instrument.family(found[name])
