"""From bytes to lines of text: which encoding it is, and where it is none."""

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO

from apps.common.csv_files.columns import Problem
from apps.common.csv_files.errors import FileRefused

LONGEST_LINE = 65_536  # characters; one row of any table of ours is far shorter
HEAD = 4_096
SAVE_AS = "Save it as “CSV UTF-8” and send that."

# What files begin with that are no text, whatever they are called.
_SIGNATURES = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture or a sound"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"SQLite format 3", "a database"),
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def lines(stream: BinaryIO, *, byte_limit: int) -> Iterator[str]:
    """Yield the lines with their ends, as they stand in the file.

    A byte that is no UTF-8 comes as the lone surrogate that Python makes of it: who knows the columns can say where.

    Raises:
        FileRefused: It is larger than ``byte_limit``, empty, or not text.
    """
    _check_size(stream, byte_limit)
    encoding = _encoding(stream.read(HEAD))
    stream.seek(0)
    unknown = "replace" if encoding == "utf-16" else "surrogateescape"
    text = io.TextIOWrapper(stream, encoding, errors=unknown, newline="")
    try:
        while line := text.readline(LONGEST_LINE + 1):
            yield line
    finally:
        if not stream.closed:
            text.detach()  # the stream is the caller's to close


def _check_size(stream: BinaryIO, byte_limit: int) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size > byte_limit:
        raise _refused(
            f"It has {size / 1_048_576:,.1f} MB; {byte_limit // 1_048_576} MB are the limit. Split it into more files."
        )
    if not size:
        raise _refused("It is empty.")


def _encoding(head: bytes) -> str:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise _refused(f"It is {what}, not a CSV file. Open it in a spreadsheet program. {SAVE_AS}")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    if pairs and (head[::2].count(0) > pairs * 0.8 or head[1::2].count(0) > pairs * 0.8):
        raise _refused(f"It is UTF-16 without its mark. {SAVE_AS}")
    if sum(byte < 32 and byte not in b"\t\r\n" for byte in head) > len(head) // 10:
        raise _refused(f"It is not text. {SAVE_AS}")
    return "utf-8"


def _refused(reason: str) -> FileRefused:
    return FileRefused(Problem(0, "", reason))
