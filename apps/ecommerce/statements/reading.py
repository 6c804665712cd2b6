"""From a file to its lines: what came in, what is left out, and what can't be read, with its line and why."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from apps.common.csv_files import FileRefused, Problem
from apps.common.csv_files.decoding import lines
from apps.corelib.typed import one_line
from apps.ecommerce.statements import cells
from apps.ecommerce.statements.headers import columns_of

BYTES = 2 * 1024 * 1024
ROWS = 5_000
PREAMBLE = 30  # lines in which the header may stand: name of the shop, period, balance come before it
EXAMPLE = "Date,TrxID,From,Amount,Reference"


@dataclass(frozen=True)
class Entry:
    """Money that came in. ``at`` is local time without a zone, or None."""

    number: int
    trx_id: str
    amount_poisha: int
    sender: str = ""
    reference: str = ""
    at: datetime | None = None


@dataclass
class Read:
    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0


def read(stream: BinaryIO) -> Read:
    """Read a statement of any provider.

    Raises:
        FileRefused: It is no such table: no text, too large, or without TrxID and amount.
    """
    text = list(lines(stream, byte_limit=BYTES))
    start, delimiter, columns = _header(text)
    found = Read()
    first_at: dict[str, int] = {}
    for line, row in _rows(text[start:], delimiter, start + 1):
        if len(found.entries) + len(found.problems) >= ROWS:
            raise FileRefused(Problem(line, "", f"There are more than {ROWS:,} lines. Split the file."))
        try:
            entry = _entry(line, row, columns)
        except ValueError as error:
            found.problems.append(Problem(line, "", str(error)))
            continue
        if entry is None:
            found.left_out += 1
        elif before := first_at.get(entry.trx_id):
            found.problems.append(Problem(line, "TrxID", f"{entry.trx_id} stands on line {before} already."))
        else:
            first_at[entry.trx_id] = line
            found.entries.append(entry)
    if not (found.entries or found.problems or found.left_out):
        raise FileRefused(Problem(start, "", "There is only the line with the names of the columns."))
    return found


def _header(text: list[str]) -> tuple[int, str, dict[str, int]]:
    """Return behind which line the rows begin, what separates cells, and where the columns stand."""
    best: dict[str, int] = {}
    for number, line in enumerate(text[:PREAMBLE], 1):
        for delimiter in ",;\t|":
            columns = columns_of(_split(line, delimiter))
            if "trx_id" in columns and "amount" in columns:
                return number, delimiter, columns
            best = max(best, columns, key=len)
    missing = "TrxID" if "trx_id" not in best else "amount"
    raise FileRefused(
        Problem(0, "", f"No column for the {missing} is named in its first {PREAMBLE} lines.", example=EXAMPLE)
    )


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])


def _rows(text: list[str], delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that says something, with the line that it ends on."""
    reader = csv.reader(text, delimiter=delimiter)
    for row in reader:
        if any(cell.strip() for cell in row):
            yield first + reader.line_num - 1, row


def _entry(line: int, row: list[str], columns: dict[str, int]) -> Entry | None:
    """Return what came in; None for money that went out, and for sums below the table."""

    def cell(column: str) -> str:
        place = columns.get(column, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    if any("\udc80" <= sign <= "\udcff" or sign == "\0" for value in row for sign in value):
        raise ValueError("There is a sign that is no text. Save the file as “CSV UTF-8”.")
    if not cell("trx_id") and not cell("sender"):
        return None  # totals and closing balances
    amount = cells.poisha(cell("amount")) if cell("amount") else 0
    if amount <= 0 and (amount < 0 or not cell("amount") or cell("out")):
        if not cell("amount") and not cell("out"):
            raise ValueError("There is no amount.")
        return None
    if amount == 0:
        raise ValueError("The amount is ৳0.")
    return Entry(
        number=line,
        trx_id=cells.trx_id(cell("trx_id")),
        amount_poisha=amount,
        sender=cells.number(cell("sender")),
        reference=one_line(cell("reference"))[:120],
        at=cells.moment(cell("at")),
    )
