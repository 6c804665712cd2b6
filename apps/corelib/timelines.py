"""Lines over time for server-made SVG, with gaps where nothing was measured. A box of 100 by 100, the origin on top."""

from collections.abc import Mapping
from dataclasses import dataclass

Points = Mapping[int, float]


@dataclass(frozen=True)
class Trace:
    """One line: its path, an area below it, and where it ends. ``mean`` and ``high`` are of the whole time."""

    label: str
    path: str
    area: str
    end: str
    last: float
    mean: float
    high: float


def trace(label: str, points: Points, *, first: int, last: int, top: float) -> Trace:
    """Draw ``points``, values by number of step, from step ``first`` to ``last``; ``top`` is the value at the top.

    A step without a value is a gap: a line across it would claim what nobody knows.
    """
    if not points:
        raise ValueError("A line needs at least one value.")
    width = max(last - first, 1)

    def place(step: int) -> tuple[float, float]:
        height = min(max(points[step] / top, 0.0), 1.0) if top else 0.0
        return round((step - first) / width * 100, 2), round(100 - height * 100, 2)

    path = area = ""
    for run in _runs(sorted(points)):
        places = [place(step) for step in run]
        line = "L".join(f"{x:g} {y:g}" for x, y in places)
        path += f"M{line}" if len(places) > 1 else f"M{line}h0"
        if len(places) > 1:
            area += f"M{places[0][0]:g} 100L{line}V100z"
    end_x, end_y = place(max(points))
    values = list(points.values())
    return Trace(
        label, path, area, f"M{end_x:g} {end_y:g}h0", points[max(points)], sum(values) / len(values), max(values)
    )


def portions(points: Points, *, first: int, last: int, number: int) -> list[tuple[int, float | None]]:
    """Cut the time into ``number`` equal parts: the first step of each, and the mean of its values or None."""
    size = -(-(last - first + 1) // number)
    cut = []
    for begin in range(first, last + 1, size):
        values = [points[step] for step in range(begin, begin + size) if step in points]
        cut.append((begin, sum(values) / len(values) if values else None))
    return cut


def _runs(steps: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][-1] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    return runs
