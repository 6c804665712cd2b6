"""Records of a CSV file: lines put together where a quote goes on, each with the line that it begins on."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from apps.common.csv_files.columns import Column, Problem, quoted
from apps.common.csv_files.decoding import LONGEST_LINE, SAVE_AS, lines
from apps.common.csv_files.errors import FileRefused

_SEPARATOR_LINE = re.compile(r"sep=(?P<sign>[,;\t])\s*\Z")  # what Excel writes and reads as a hint
_END = re.compile(r"\r\n|\r|\n")
_NO_TEXT = (
    (re.compile("\0"), "There is a NUL byte."),
    (re.compile("\ufffd"), "There is a character that is no text."),
    (re.compile("[\udc80-\udcff]"), "There is a byte that is no UTF-8."),
)


class Records:
    """Reads a stream once: ``header`` first, then ``below_header``."""

    def __init__(self, stream: BinaryIO, *, byte_limit: int) -> None:
        self._lines = lines(stream, byte_limit=byte_limit)
        self._number = 0
        self._begun = ""  # the text of the record that is being read
        self._end = ""  # how lines end in this file
        self._delimiter = ","
        self._columns: Sequence[Column] = ()
        self.header_line = 1

    def header(self, names: Sequence[str]) -> tuple[int, list[str]]:
        """Return the first line that says something, with its number; learn from it what separates the cells."""
        given = ""
        for line in self._physical():
            text = line.rstrip("\r\n")
            if hint := _SEPARATOR_LINE.match(text):
                given = hint["sign"]
            elif text.strip(" ,;\t"):
                self._delimiter = given or _delimiter(text, names)
                self.header_line, self._begun = self._number, ""
                return self._number, self._cells(text)
        raise FileRefused(Problem(0, "", "It is empty."))

    def below_header(self, columns: Sequence[Column]) -> Iterator[tuple[int, list[str]]]:
        """Yield number and cells of each record."""
        self._columns = columns
        reader = csv.reader(self._physical(), delimiter=self._delimiter, strict=True)
        while True:
            self._begun = ""
            begins = self._number + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise self._refused(begins, _in_words(error), self._broken_at()) from error
            yield begins, cells

    def _cells(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            raise self._refused(self._number, _in_words(error), self._broken_at()) from error

    def _physical(self) -> Iterator[str]:
        for line in self._lines:
            self._number += 1
            self._begun += line
            self._check(line)
            yield line

    def _check(self, line: str) -> None:
        before = self._begun[: -len(line)]
        if len(self._begun) > LONGEST_LINE:
            raise self._refused(
                self._number - len(_END.findall(before)),
                f"The cell is too long: a row has at most {LONGEST_LINE:,} characters. Is a quote not closed?",
                self._begun,
            )
        for wrong, reason in _NO_TEXT:
            if found := wrong.search(line):
                raise self._refused(self._number, f"{reason} {SAVE_AS}", before + line[: found.start()])
        ending = line[len(line.rstrip("\r\n")) :]
        if not ending or self._begun.count('"') % 2:  # the last line, or a break inside a quoted cell
            return
        self._end = self._end or ending
        if ending != self._end:
            raise FileRefused(
                Problem(self._number, "", f"This line ends in another way than the lines before it. {SAVE_AS}")
            )

    def _broken_at(self) -> str:
        """Return the record's text up to a quote that ends a cell with more text behind it; all of it without one."""
        sign = re.escape(self._delimiter)
        found = re.search(rf'[^{sign}\r\n]"(?=[^"{sign}\r\n])', self._begun)
        return self._begun[: found.start()] if found else self._begun

    def _refused(self, line: int, reason: str, text: str) -> FileRefused:
        """Refuse at the column in which ``text``, the record up to the fault, ends."""
        return FileRefused(Problem(line, self._column_after(text), reason))

    def _column_after(self, text: str) -> str:
        """Return the name of the column in which ``text``, a part of a record, ends; its number before the header."""
        outside = "".join(text.split('"')[::2])  # with a quote left open, what follows it is no place to count in
        number = outside.rstrip("\r\n").count(self._delimiter)
        if number < len(self._columns):
            return self._columns[number].name
        return f"column {number + 1}"


def _delimiter(first: str, names: Sequence[str]) -> str:
    """Return what separates the cells: the sign that yields most of the names."""

    def named(delimiter: str) -> int:
        return len({cell.strip(' "').lower() for cell in first.split(delimiter)} & set(names))

    return max(",;\t", key=named)


def _in_words(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "A quote is opened here and never closed."
    if "expected after" in text:
        return "After a closing quote comes more text. A quote inside a quoted cell is written twice."
    return f"It can't be read: {quoted(text)}."
