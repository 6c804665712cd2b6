"""Calendars as RFC 5545 wants them. Times are in UTC, so that no reader needs a description of a time zone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

PRODUCT = "-//DeltaCrown//Practice//EN"
MEDIA_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75  # section 3.1, without the line break


@dataclass(frozen=True)
class Event:
    """One event. ``sequence`` grows with each change, ``changed_at`` is when the last one was made."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    category: str = ""
    is_cancelled: bool = False


def calendar(events: Iterable[Event], *, name: str) -> str:
    """Return a calendar to subscribe to. ``name`` is what it is called until its owner calls it otherwise."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{text(name)}",  # RFC 7986
        f"X-WR-CALNAME:{text(name)}",  # what readers from before it look for
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def text(value: str) -> str:
    """Escape a TEXT value (section 3.3.11). Control characters are not allowed at all, but for the line break."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = "".join(char for char in value if char == "\n" or (char >= " " and char != "\x7f"))
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\n", "\\n")


def moment(at: datetime) -> str:
    """``20261124T150000Z``. Raises ``ValueError`` for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def fold(line: str) -> str:
    """Break a line after 75 octets at the most, and never inside a character."""
    pieces, piece, octets = [], "", 0
    for char in line:
        size = len(char.encode())
        if octets + size > LINE_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1  # the space that says "goes on" counts too
        piece += char
        octets += size
    return "\r\n".join([*pieces, piece])


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{text(event.uid)}"
    yield f"DTSTAMP:{moment(event.changed_at)}"
    yield f"CREATED:{moment(event.created_at)}"
    yield f"LAST-MODIFIED:{moment(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART:{moment(event.starts_at)}"
    yield f"DTEND:{moment(event.ends_at)}"
    yield f"SUMMARY:{text(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{text(event.description)}"
    if event.location:
        yield f"LOCATION:{text(event.location)}"
    if event.url:
        yield f"URL:{event.url}"  # a URI is not escaped
    if event.category:
        yield f"CATEGORIES:{text(event.category)}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield f"TRANSP:{'TRANSPARENT' if event.is_cancelled else 'OPAQUE'}"
    yield "END:VEVENT"
