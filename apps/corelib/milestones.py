"""What a team reaches over many tournaments. A single result is never one of these: its place has points of its own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


class Played(Protocol):
    """A tournament played to the end. ``placement`` is None when nobody wrote down the place."""

    @property
    def placement(self) -> int | None: ...


Earns = Callable[[Played], bool]


@dataclass(frozen=True)
class Milestone:
    """``count`` results that earn it; ``in_a_row`` asks for them one after the other."""

    code: str
    title: str
    text: str
    tier: str
    sign: str  # what is drawn on its plaque
    count: int
    earns: Earns
    in_a_row: bool = False


def _played(result: Played) -> bool:
    return True


def _podium(result: Played) -> bool:
    return result.placement is not None and result.placement <= 3


def _title(result: Played) -> bool:
    return result.placement == 1


MILESTONES = (
    Milestone("back_to_back", "Back to back", "Two titles in a row", "gold", "2×", 2, _title, in_a_row=True),
    Milestone("titles_3", "Three titles", "Won three tournaments", "gold", "3", 3, _title),
    Milestone("titles_10", "Ten titles", "Won ten tournaments", "gold", "10", 10, _title),
    Milestone("podiums_3", "Three podiums", "Three times among the first three", "bronze", "3", 3, _podium),
    Milestone("podiums_10", "Ten podiums", "Ten times among the first three", "silver", "10", 10, _podium),
    Milestone("played_10", "Ten tournaments", "Played ten tournaments to the end", "steel", "10", 10, _played),
    Milestone("played_50", "Fifty tournaments", "Played fifty tournaments to the end", "silver", "50", 50, _played),
)
BY_CODE = {milestone.code: milestone for milestone in MILESTONES}


def reached(results: Sequence[Played]) -> dict[str, int]:
    """Return which milestones ``results`` reach, in the order they were played, and with which result: its index."""
    found: dict[str, int] = {}
    for milestone in MILESTONES:
        for index in _completed(milestone, results):
            found[milestone.code] = index
            break
    return found


def _completed(milestone: Milestone, results: Iterable[Played]) -> Iterator[int]:
    """Yield the index of each result at which the count is full."""
    count = 0
    for index, result in enumerate(results):
        if milestone.earns(result):
            count += 1
        elif milestone.in_a_row:
            count = 0
        if count >= milestone.count:
            yield index
