"""A week in blocks: seven days of five, as people plan. A set of blocks is one number, a bit for each."""

from collections.abc import Iterable
from dataclasses import dataclass

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Block:
    """A part of a day, from ``begins`` to ``ends`` o'clock."""

    label: str
    begins: int
    ends: int

    @property
    def hours(self) -> str:
        return f"{self.begins:02}–{self.ends:02}"


BLOCKS = (
    Block("Night", 0, 6),
    Block("Morning", 6, 12),
    Block("Afternoon", 12, 18),
    Block("Evening", 18, 21),
    Block("Late", 21, 24),
)
SIZE = len(DAYS) * len(BLOCKS)
FULL = 2**SIZE - 1


def pack(places: Iterable[int]) -> int:
    """Return the number that stands for these places of the week. Raises ``ValueError`` for a place that is none."""
    number = 0
    for place in places:
        if not 0 <= place < SIZE:
            raise ValueError(f"A week has no block {place}.")
        number |= 1 << place
    return number


def unpack(number: int) -> set[int]:
    """Return the places that ``number`` stands for."""
    return {place for place in range(SIZE) if number >> place & 1}


def place_of(day: int, block: int) -> int:
    return day * len(BLOCKS) + block


def name_of(place: int) -> str:
    """Return "Friday, 21–24"."""
    day, block = divmod(place, len(BLOCKS))
    return f"{DAYS[day]}, {BLOCKS[block].hours}"
