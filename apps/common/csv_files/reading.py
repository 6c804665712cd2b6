"""Rows of a table, one at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from apps.common.csv_files.checking import check_cell
from apps.common.csv_files.columns import Column, Problem, quoted
from apps.common.csv_files.errors import FileRefused
from apps.common.csv_files.records import Records


@dataclass
class Row:
    """One row: its cells by column, stripped, and what is wrong with them. ``line`` is where it begins."""

    line: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


def read(stream: BinaryIO, *, columns: Sequence[Column], row_limit: int, byte_limit: int) -> Iterator[Row]:
    """Yield the rows below the first line, which names the columns in any order and case. Empty rows are left out.

    UTF-8 with and without its mark and UTF-16 are read; commas, semicolons and tabs; any line end.

    Args:
        stream: The file, at any position. It is read from the start.
        columns: What there may be, and must be.
        row_limit: How many rows are taken.
        byte_limit: How large the file may be.

    Raises:
        FileRefused: It can't be read on from here: the problem says from which line.
    """
    records = Records(stream, byte_limit=byte_limit)
    names = _header(records, columns)
    known = {column.name: column for column in columns}
    count = 0
    for line, cells in records.below_header([known[name] for name in names]):
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > row_limit:
            raise FileRefused(Problem(line, "", f"There are more than {row_limit:,} rows. Split the file."))
        yield _row(line, cells, names, known)
    if not count:
        raise FileRefused(Problem(records.header_line, "", "There is only the line with the names of the columns."))


def _header(records: Records, columns: Sequence[Column]) -> list[str]:
    """Return the names in their order in the file."""
    line, cells = records.header([column.name for column in columns])
    known = [column.name for column in columns]
    all_of_them = ",".join(known)
    names = [cell.strip().lower() for cell in cells]
    while names and not names[-1]:  # a spreadsheet's empty column at the end
        names.pop()
    if not set(names) & set(known):
        raise FileRefused(Problem(line, "", "The first line must name the columns.", all_of_them))
    for number, name in enumerate(names, 1):
        if name not in known:
            what = f"There is no column {quoted(name)}." if name else f"Column {number} has no name."
            raise FileRefused(Problem(line, name, what, all_of_them))
        if name in names[: number - 1]:
            raise FileRefused(Problem(line, name, "This column is there twice.", all_of_them))
    for column in columns:
        if column.required and column.name not in names:
            raise FileRefused(Problem(line, column.name, "This column is missing.", all_of_them))
    return names


def _row(line: int, cells: list[str], names: list[str], known: dict[str, Column]) -> Row:
    while len(cells) > len(names) and not cells[-1].strip():
        cells = cells[:-1]
    row = Row(line, dict.fromkeys(known, ""))
    if len(cells) != len(names):
        count = "is 1 cell" if len(cells) == 1 else f"are {len(cells)} cells"
        reason = f"There {count}, and the first line names {len(names)} columns."
        row.problems.append(Problem(line, names[min(len(cells), len(names) - 1)], reason, ",".join(names)))
        return row
    for name, cell in zip(names, cells, strict=True):
        row.cells[name] = cell.strip()
        if reason := check_cell(known[name], row.cells[name]):
            row.problems.append(Problem(line, name, reason, known[name].example))
    return row
