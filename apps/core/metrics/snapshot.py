"""All figures at one moment, and what can be told from two of them."""

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from prometheus_client.core import Metric

from apps.core.metrics import exposition

Samples = dict[str, list[tuple[dict[str, str], float]]]


@dataclass(frozen=True)
class Snapshot:
    """``samples``: by name, each with its labels. ``at``: seconds of a clock that only goes forward."""

    samples: Samples
    at: float = field(default_factory=time.monotonic)

    def by(self, name: str, label: str = "", **match: str) -> dict[str, float]:
        """Return the sums by the values of a label (without one: a single sum), of samples whose labels match."""
        sums: dict[str, float] = defaultdict(float)
        for labels, value in self.samples.get(name, ()):
            if all(labels.get(key) == wanted for key, wanted in match.items()):
                sums[labels.get(label, "")] += value
        return dict(sums)

    def total(self, name: str, **match: str) -> float | None:
        """Return one sum, or None when there is no such sample."""
        return self.by(name, **match).get("")


def of(metrics: Iterable[Metric]) -> Snapshot:
    samples: Samples = defaultdict(list)
    for metric in metrics:
        for sample in metric.samples:
            samples[sample.name].append((sample.labels, sample.value))
    return Snapshot(dict(samples))


def take() -> Snapshot:
    """Read everything now: what /metrics would say."""
    return of(exposition.collect())


def growth(now: Snapshot, before: Snapshot, name: str, label: str = "", **match: str) -> dict[str, float]:
    """Return by how much counters grew. One that is smaller than before began anew.

    When none was told before, nothing is known: its source may not have answered.
    """
    if name not in before.samples:
        return {}
    old = before.by(name, label, **match)
    grown = {}
    for key, value in now.by(name, label, **match).items():
        since = old.get(key, 0.0)
        grown[key] = value - since if value >= since else value
    return grown


def quantile(share: float, buckets: dict[str, float]) -> float | None:
    """Return below which value ``share`` of a histogram lies, by its cumulated buckets; None when it is empty.

    Between two bounds it is taken to be spread evenly, as Prometheus does.
    """
    bounds = sorted((float(bound), count) for bound, count in buckets.items())
    if not bounds or bounds[-1][1] <= 0:
        return None
    wanted = share * bounds[-1][1]
    low, below = 0.0, 0.0
    for bound, count in bounds:
        if count >= wanted:
            if bound == float("inf"):
                return low  # above all bounds nothing more is known
            return low + (bound - low) * (wanted - below) / (count - below) if count > below else bound
        low, below = bound, count
    return low
