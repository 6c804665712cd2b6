"""The figures as charts: what is kept, over an hour, a day, a month or a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.utils import timezone

from apps.core.metrics.history import selectors
from apps.core.metrics.history.selectors import SPANS, Span
from apps.core.metrics.history.series import ALL, GROUPS, Series
from apps.core.operations.sections import Section
from apps.corelib import timelines, units
from apps.corelib.timelines import Trace

ROWS = 12
MOST_TRACES = 6  # as many hues as can be told apart


@dataclass(frozen=True)
class Box:
    """What all lines of a chart share: the steps from left to right, and the value at the top."""

    unit: str
    first: int
    last: int
    top: float


@dataclass(frozen=True)
class Line:
    """A trace with its words."""

    trace: Trace
    label: str
    last: str
    high: str


@dataclass(frozen=True)
class Chart:
    """One figure as it is drawn. ``limit`` is the height in percent from the top, where there is one in sight."""

    name: str
    title: str
    top: str
    lines: list[Line]
    limit: float | None
    limit_text: str
    above: bool
    rows: list[tuple[datetime, list[str]]]


@dataclass(frozen=True)
class Group:
    title: str
    charts: list[Chart]


def groups(span: Span, *, now: datetime) -> list[Group]:
    """Return the charts of all figures that have values in this time."""
    history = selectors.history(span, now=now)
    first, last = int((now - span.length).timestamp()) // span.step, int(now.timestamp()) // span.step
    drawn = [
        (series, chart(series, history[series.name], span, first, last)) for series in ALL if series.name in history
    ]
    return [
        Group(title, [made for series, made in drawn if series.group == title])
        for title in GROUPS
        if any(series.group == title for series, _ in drawn)
    ]


def chart(series: Series, history: dict[str, dict[int, float]], span: Span, first: int, last: int) -> Chart:
    """Draw one figure with all of its lines on one scale."""
    high = max(value for points in history.values() for value in points.values())
    limit = series.limit
    shows_limit = limit is not None and (high >= limit / 2 or (series.unit == units.SHARE and limit > 0.5))
    highest = max(high, limit) if limit is not None and shows_limit else high
    top = 1.0 if series.unit == units.SHARE and high > 0.25 else units.nice_top(highest)
    labels = sorted(history)[:MOST_TRACES]
    lines = [_line(label, history[label], Box(series.unit, first, last, top)) for label in labels]
    return Chart(
        name=series.name,
        title=series.title,
        top=units.written(top, series.unit),
        lines=lines,
        limit=round(100 - limit / top * 100, 2) if limit is not None and shows_limit and limit <= top else None,
        limit_text=units.written(limit, series.unit) if limit is not None else "",
        above=limit is not None and any(line.trace.last >= limit for line in lines),
        rows=list(_rows([history[label] for label in labels], series.unit, span, first, last)),
    )


def _line(label: str, points: dict[int, float], box: Box) -> Line:
    drawn = timelines.trace(label, points, first=box.first, last=box.last, top=box.top)
    return Line(drawn, label, units.written(drawn.last, box.unit), units.written(drawn.high, box.unit))


def _rows(
    columns: list[dict[int, float]], unit: str, span: Span, first: int, last: int
) -> Iterator[tuple[datetime, list[str]]]:
    """The same as a table: the newest part first."""
    cut = [timelines.portions(points, first=first, last=last, number=ROWS) for points in columns]
    for parts in reversed(list(zip(*cut, strict=True))):
        begin = datetime.fromtimestamp(parts[0][0] * span.step, tz=UTC)
        yield begin, ["–" if value is None else units.written(value, unit) for _, value in parts]


def content(span: Span) -> dict[str, Any]:
    now = timezone.now()
    return {"span": span, "groups": groups(span, now=now), "begin": now - span.length, "now": now}


SECTIONS = tuple(
    Section(
        f"figures-{span.name}",
        f"Figures of the last {span.title.lower()}",
        30,
        "core/operations/charts.html",
        partial(content, span),
        span=span.name,
    )
    for span in SPANS.values()
)
