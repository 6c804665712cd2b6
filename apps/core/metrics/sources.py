"""Figures that are read when somebody asks for them: how old the last backup is, how long a queue.

An app registers its own in ``AppConfig.ready``. Each source has a time limit and an error of its own; while it does not
answer its figures are left out, and ``deltacrown_source_up`` is 0.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from apps.core.deadlines import Answer, Question, ask

# Prometheus itself gives up after ten.
SECONDS = 4.0

Value = float | Mapping[str, float] | Mapping[tuple[str, ...], float] | None
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Family:
    """One metric: its name with the unit, what it means, and its labels, whose values are few and known."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    counter: bool = False  # it only grows; its name ends in _total

    def metric(self, value: Value) -> Metric:
        """Return it as Prometheus' client writes it. ``None`` is no sample at all."""
        metric = self._empty()
        if isinstance(value, Mapping):
            for key, number in value.items():
                metric.add_metric(list(key) if isinstance(key, tuple) else [key], number)
        elif value is not None:
            metric.add_metric([], value)
        return metric

    def _empty(self) -> CounterMetricFamily | GaugeMetricFamily:
        kind = CounterMetricFamily if self.counter else GaugeMetricFamily
        return kind(self.name.removesuffix("_total") if self.counter else self.name, self.help, labels=self.labels)


class Source:
    """Reads one or more families together.

    ``read`` returns a number, or numbers by the values of the labels, for each name; a name that it leaves out has no
    sample. ``fresh_for``: for so many seconds the last answer is good enough. ``database``: it asks the database.
    """

    def __init__(
        self,
        name: str,
        families: tuple[Family, ...],
        read: Callable[[], Values],
        *,
        fresh_for: float = 5.0,
        database: bool = True,
    ) -> None:
        self.name = name
        self.families = families
        self.fresh_for = fresh_for
        self.question: Question[Values] = Question(f"source {name}", read, database=database)
        self._kept: Values = {}
        self._read_at = float("-inf")

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self._read_at < self.fresh_for

    def keep(self, answer: Answer[Values]) -> bool:
        """Take what was read, or nothing when it could not be. Return whether it could."""
        self._kept = answer.value or {}
        if answer.problem:
            return False
        self._read_at = time.monotonic()
        return True

    def forget(self) -> None:
        self._read_at = float("-inf")

    def metrics(self) -> Iterator[Metric]:
        for family in self.families:
            yield family.metric(self._kept.get(family.name))


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source. One of the same name takes its place, so that registering twice changes nothing."""
    _sources[source.name] = source


def gauge(
    name: str,
    help: str,
    read: Callable[[], Value],
    *,
    labels: tuple[str, ...] = (),
    fresh_for: float = 5.0,
    database: bool = True,
) -> None:
    """Add one gauge: ``read`` returns its number, or its numbers by label values, or None when there is none yet."""
    register(
        Source(name, (Family(name, help, labels),), lambda: {name: read()}, fresh_for=fresh_for, database=database)
    )


def registered() -> list[Source]:
    return [_sources[name] for name in sorted(_sources)]


def collect(sources: list[Source] | None = None) -> Iterator[Metric]:
    """Read all sources at once and yield their metrics, and which of them answered."""
    sources = registered() if sources is None else sources
    stale = [source for source in sources if not source.is_fresh]
    answers = ask([source.question for source in stale], seconds=SECONDS)
    silent = {source.name for source, answer in zip(stale, answers, strict=True) if not source.keep(answer)}
    up = GaugeMetricFamily(
        "deltacrown_source_up", "1 when the figures of this source could be read.", labels=["source"]
    )
    for source in sources:
        yield from source.metrics()
        up.add_metric([source.name], 0 if source.name in silent else 1)
    yield up
