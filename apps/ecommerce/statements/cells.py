"""Amounts, TrxIDs, numbers and times, however a statement writes them."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from apps.corelib.game_ids import plain_digits
from apps.corelib.typed import one_line

LARGEST_POISHA = 10_000_000_000  # ৳10 crore: more is a column that was taken for an amount
_MONEY_WORDS = re.compile(r"(?i)\b(?:bdt|taka|tk)\b\.?|৳|[\s,_]")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d %b %Y", "%d %B %Y", "%b %d %Y")


def poisha(cell: str) -> int:
    """Return an amount in poisha: ``৳ ১,২৫০.৫০`` and ``BDT 1,250.50 CR`` are 125050; money out is negative.

    Raises:
        ValueError: It is none; ``str()`` says why.
    """
    text = _MONEY_WORDS.sub("", plain_digits(one_line(cell)).replace("−", "-").replace("–", "-"))
    sign = 1
    if match := re.fullmatch(r"(?i)(.*?)(cr|dr)\.?", text):
        text, sign = match[1], -1 if match[2].lower() == "dr" else 1
    if match := re.fullmatch(r"\((.*)\)", text):
        text, sign = match[1], -1
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]*)?", text):
        raise ValueError(f"“{cell[:40]}” is no amount. One looks like 1,250.50.")
    try:
        exact = Decimal(text) * 100 * sign
    except InvalidOperation as error:  # pragma: no cover - the pattern lets no such text pass
        raise ValueError(f"“{cell[:40]}” is no amount.") from error
    if exact != exact.to_integral_value():
        raise ValueError(f"“{cell[:40]}” has parts of a poisha.")
    if abs(exact) > LARGEST_POISHA:
        raise ValueError(f"“{cell[:40]}” is too much. Is it a number of something else?")
    return int(exact)


def trx_id(cell: str) -> str:
    """Return a TrxID in capitals, without spaces and signs.

    Raises:
        ValueError: It is none; a spreadsheet's rounded number is said to be one.
    """
    text = plain_digits(one_line(cell)).upper().lstrip("'")
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", text):
        raise ValueError(f"“{cell[:40]}” was rounded by a spreadsheet program. Export the statement again.")
    text = re.sub(r"[\s:#.\-]", "", text)
    if not (4 <= len(text) <= 40 and text.isascii() and text.isalnum()):
        raise ValueError(f"“{cell[:40]}” is no TrxID. One looks like 9A7B3C1D2E.")
    return text


def moment(cell: str) -> datetime | None:
    """Return the local time that a cell means, without a zone; None when it is not clear. Days come before months."""
    text = re.sub(r"(?<=[0-9])T(?=[0-9])", " ", plain_digits(one_line(cell)))
    text = re.sub(r"(?<=[A-Za-z])[-/](?=\d)|(?<=\d)[-/](?=[A-Za-z])", " ", text.replace(",", " "))
    text = re.sub(r"\s+", " ", re.sub(r"(:\d\d)\.\d+", r"\1", text)).strip()
    text = re.sub(r"(?i)(?<=\d)(am|pm)$", r" \1", text)
    for day in _DAYS:
        for time in _TIMES:
            try:
                return datetime.strptime(text, day + time)  # noqa: DTZ007 - a statement's times have no zone
            except ValueError:
                continue
    return None


def number(cell: str) -> str:
    """Return a sender as it can be compared: a mobile number as 01712345678, anything else as one line."""
    text = plain_digits(one_line(cell))
    digits = re.sub(r"[^0-9]", "", text)
    if match := re.fullmatch(r"(?:88)?0?(1[3-9][0-9]{8})[0-9]?", digits):
        return f"0{match[1]}"
    return text[:60]
