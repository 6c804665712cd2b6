"""What counts as wrong. Names, limits and runbooks are those of the alert rules in deploy/prometheus.

An app adds its own with ``register``; a test compares them with the rules. This works without Prometheus.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from apps.core.metrics.snapshot import Snapshot

CRITICAL, WARNING = "critical", "warning"


@dataclass(frozen=True)
class Facts:
    """What is known: the figures of this moment, and the means of the last minutes by series and label."""

    now: Snapshot
    recent: Mapping[str, Mapping[str, float]]
    time: float  # seconds since 1970
    full_in_days: Mapping[str, float]  # by disk, where it fills up

    def age(self, metric: str, **match: str) -> float | None:
        """Return how many seconds ago a timestamp metric says; the newest of several."""
        times = [value for labels, value in self.now.samples.get(metric, ()) if match.items() <= labels.items()]
        return self.time - max(times) if times else None


@dataclass(frozen=True)
class Condition:
    """``look`` yields a sentence for each thing that is wrong: what it is, with its figure."""

    alert: str
    severity: str
    runbook: str
    look: Callable[[Facts], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    condition: Condition
    sentence: str


_conditions: dict[str, Condition] = {}


def register(condition: Condition) -> None:
    """Add a condition. One of the same name takes its place."""
    _conditions[condition.alert] = condition


def registered() -> list[Condition]:
    return [_conditions[name] for name in sorted(_conditions)]


def find(facts: Facts) -> list[Finding]:
    """Return everything that is wrong, the critical first."""
    found = list(_look_at_all(facts))
    return sorted(found, key=lambda finding: (finding.condition.severity != CRITICAL, finding.condition.alert))


def _look_at_all(facts: Facts) -> Iterator[Finding]:
    for condition in registered():
        for sentence in condition.look(facts):
            yield Finding(condition, sentence)
