"""Pages of a list that go on from the last row seen, so that page 1,000 costs what page 1 does."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

Row = TypeVar("Row")


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Some rows of a list and where the next ones start; ``next_cursor`` is empty on the last page."""

    rows: list[Row]
    next_cursor: str
    is_first: bool

    @property
    def has_next(self) -> bool:
        return bool(self.next_cursor)


def keyset_page(
    queryset: QuerySet[Any], *, order: tuple[str, ...], cursor: str = "", size: int = 30
) -> KeysetPage[Any]:
    """Return one page of ``queryset``.

    Args:
        queryset: Not sliced; its own order is replaced.
        order: Fields as for ``order_by``; together unique, never null, the last usually ``-pk``. An index should match.
        cursor: ``next_cursor`` of the page before. One that makes no sense gives the first page.
        size: Rows a page.
    """
    after = _decode(cursor, len(order))
    page = queryset.order_by(*order)
    if after is not None:
        try:
            page = page.filter(_beyond(order, after))
            rows = list(page[: size + 1])
        except (ValueError, TypeError, OverflowError, ValidationError):
            after, rows = None, list(queryset.order_by(*order)[: size + 1])
    else:
        rows = list(page[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return KeysetPage(rows, _encode(rows[-1], order) if more else "", is_first=after is None)


def _beyond(order: tuple[str, ...], after: list[Any]) -> Q:
    """Return "comes after ``after``": greater in the first field, or equal there and greater in the next.

    That it is not smaller in the first is said once more by itself: an index can begin there, but not at an "or".
    """
    condition = Q()
    equal: dict[str, Any] = {}
    for field, value in zip(order, after, strict=True):
        name, comparison = (field[1:], "lt") if field.startswith("-") else (field, "gt")
        condition |= Q(**equal, **{f"{name}__{comparison}": value})
        equal[name] = value
    first, comparison = (order[0][1:], "lte") if order[0].startswith("-") else (order[0], "gte")
    return Q(**{f"{first}__{comparison}": after[0]}) & condition


def _encode(row: Any, order: tuple[str, ...]) -> str:
    values = []
    for field in order:
        value: Any = row
        for part in field.removeprefix("-").split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if isinstance(value, date) else value)  # a datetime is a date, too
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any] | None:
    if not cursor or len(cursor) > 500:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    plain = all(type(value) in (int, float) or (type(value) is str and "\0" not in value) for value in values)
    return values if plain else None
