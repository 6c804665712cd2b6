"""Dates that come again each week at the same time on the wall, whatever the clock does in between."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
Stretch = tuple[datetime, datetime]


def weekly(starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo, until: date) -> Iterator[Stretch]:
    """Yield beginning and end of each, in UTC: the first always, then those up to ``until``."""
    local, length = starts_at.astimezone(zone), ends_at - starts_at
    day = local.date()
    yield starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    while (day := day + WEEK) <= until:
        begin = on_the_wall(day, local, zone)
        yield begin, begin + length


def moved(old: datetime, *, shift: timedelta, like: datetime, zone: ZoneInfo) -> datetime:
    """Return when a session begins that moves along: as many days as ``shift``, at the time of day of ``like``."""
    return on_the_wall(old.astimezone(zone).date() + shift, like.astimezone(zone), zone)


def on_the_wall(day: date, clock: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment of ``day`` at the time of day of ``clock``, in UTC.

    A time that a clock change skips is taken an hour later, one that comes twice is taken the first time.
    """
    return datetime.combine(day, clock.time().replace(fold=0), tzinfo=zone).astimezone(UTC)
