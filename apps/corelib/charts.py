"""Where the shapes of a chart stand. The page draws them as SVG; the words stay HTML, so they never shrink with it.

Lengths are in percent of the drawing unless said otherwise, which lets a chart stretch to any width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, pi, sin

GAP = 0.5  # between segments of a stack, in percent


@dataclass(frozen=True)
class Datum:
    """One value with its words. ``text`` is the value as people read it, ``href`` where its rows are."""

    label: str
    value: float
    text: str = ""
    href: str = ""
    tone: str = ""

    @property
    def shown(self) -> str:
        return self.text or f"{self.value:,g}"


@dataclass(frozen=True)
class Shape:
    """A datum and its place: ``start`` and ``length`` for bars and segments, ``path`` for arcs."""

    datum: Datum
    number: int
    start: float
    length: float
    share: float
    path: str = ""


@dataclass(frozen=True)
class Line:
    path: str
    area: str
    points: tuple[tuple[float, float], ...]
    low: float
    high: float

    @property
    def end(self) -> str:
        """The last point as a path of no length: with a round cap it is a dot that keeps its shape when stretched."""
        x, y = self.points[-1]
        return f"M{x:g} {y:g}h0"


def as_data(values: Sequence[Datum | tuple[str, float]]) -> list[Datum]:
    return [value if isinstance(value, Datum) else Datum(*value) for value in values]


def bars(values: Sequence[Datum | tuple[str, float]]) -> list[Shape]:
    """Horizontal bars from a common zero. Negative values are refused: a ledger is not a bar chart."""
    data = as_data(values)
    if any(datum.value < 0 for datum in data):
        raise ValueError("Bars start at zero and cannot show a negative value.")
    top = max((datum.value for datum in data), default=0) or 1
    return [
        Shape(datum, number, 0, round(100 * datum.value / top, 2), datum.value / top)
        for number, datum in enumerate(data, 1)
    ]


def stack(values: Sequence[Datum | tuple[str, float]]) -> list[Shape]:
    """One bar of segments that fill it. Zero segments are left out; the table behind still names them."""
    data = as_data(values)
    if any(datum.value < 0 for datum in data):
        raise ValueError("A stack cannot show a negative value.")
    total = sum(datum.value for datum in data)
    shown = [(number, datum) for number, datum in enumerate(data, 1) if datum.value > 0]
    room = 100 - GAP * (len(shown) - 1)
    lengths = [room * datum.value / total for _, datum in shown]
    starts = [0.0, *accumulate(length + GAP for length in lengths)]
    return [
        Shape(datum, number, round(start, 3), round(length, 3), datum.value / total)
        for (number, datum), start, length in zip(shown, starts, lengths, strict=False)
    ]


def line(values: Sequence[float], *, width: float = 100, height: float = 100, pad: float = 0) -> Line:
    """A line from left to right. A flat series runs through the middle. ``pad`` keeps room above and below."""
    if not values:
        raise ValueError("A line needs at least one value.")
    low, high = min(values), max(values)
    span = high - low
    step = width / (len(values) - 1) if len(values) > 1 else 0

    def y(value: float) -> float:
        share = (value - low) / span if span else 0.5
        return round(height - pad - share * (height - 2 * pad), 2)

    points = tuple((round(index * step, 2), y(value)) for index, value in enumerate(values))
    if len(points) == 1:
        points = ((0.0, points[0][1]), (float(width), points[0][1]))
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    return Line(path, f"{path}V{height:g}H0z", points, low, high)


def donut(
    values: Sequence[Datum | tuple[str, float]], *, radius: float = 46, thickness: float = 14, centre: float = 50
) -> list[Shape]:
    """Ring segments, clockwise from the top. A whole ring is drawn as two halves, since an arc cannot close itself."""
    inner = radius - thickness

    def ring(start: float, end: float) -> str:
        large = int(end - start > 0.5)
        (x1, y1), (x2, y2) = ((sin(2 * pi * t), -cos(2 * pi * t)) for t in (start, end))
        return (
            f"M{centre + radius * x1:.3f} {centre + radius * y1:.3f}"
            f"A{radius:g} {radius:g} 0 {large} 1 {centre + radius * x2:.3f} {centre + radius * y2:.3f}"
            f"L{centre + inner * x2:.3f} {centre + inner * y2:.3f}"
            f"A{inner:g} {inner:g} 0 {large} 0 {centre + inner * x1:.3f} {centre + inner * y1:.3f}z"
        )

    shapes = []
    for shape in stack(values):
        start, end = shape.start / 100, (shape.start + shape.length) / 100
        path = ring(start, end) if shape.length < 100 else ring(0, 0.5) + ring(0.5, 1)
        shapes.append(Shape(shape.datum, shape.number, shape.start, shape.length, shape.share, path))
    return shapes
