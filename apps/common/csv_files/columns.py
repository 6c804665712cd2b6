"""What a table is made of, and how a fault in it is told."""

from dataclasses import asdict, dataclass
from typing import Any

SHOWN = 40  # of a wrong cell, in a sentence


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the first line, and a cell as it should look.

    ``required``: the column must be there. ``may_be_empty``: a cell of it needn't say anything.
    """

    name: str
    example: str
    help: str = ""
    required: bool = True
    may_be_empty: bool = False
    max_length: int = 120


@dataclass(frozen=True)
class Problem:
    """Where it is wrong, why, and how it would be right. ``line`` counts from 1 as an editor does; 0 is the file."""

    line: int
    column: str
    reason: str
    example: str = ""

    def __str__(self) -> str:
        place = f"Line {self.line}" if self.line else "The file"
        place += f", {self.column}" if self.column else ""
        return f"{place}: {self.reason}" + (f" Example: {self.example}" if self.example else "")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def quoted(cell: str) -> str:
    """Return the cell as a sentence may hold it."""
    return f"“{cell[:SHOWN]}…”" if len(cell) > SHOWN else f"“{cell}”"
