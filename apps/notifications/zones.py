"""Hours as people live them: time zones that one may choose, and what time it is there."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings

# Regions of the tz database in which people live; the rest are old names and fixed offsets.
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def names() -> tuple[str, ...]:
    """Return every zone that one may choose, by name."""
    return (*sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS and "/" in name), "UTC")


def zone_of(name: str) -> ZoneInfo:
    """Return the zone; the site's for somebody who chose none, or one that a newer tz database dropped."""
    return ZoneInfo(name if name in names() else settings.TIME_ZONE)


def is_quiet(now: datetime, *, zone: ZoneInfo, start: int | None, end: int | None) -> bool:
    """Return whether it is between the hours ``start`` and ``end`` there, also over midnight. None means never."""
    if start is None or end is None or start == end:
        return False
    hour = now.astimezone(zone).hour
    return start <= hour < end if start < end else hour >= start or hour < end


def next_time(hour: int, *, zone: ZoneInfo, after: datetime) -> datetime:
    """Return when it is next ``hour`` o'clock there, later than ``after``.

    An hour that a clock change skips is taken an hour later, one that comes twice is taken the first time: each day
    has exactly one.
    """
    day = after.astimezone(zone).date() - timedelta(days=1)
    while (found := _at(day, hour, zone)) <= after:
        day += timedelta(days=1)
    return found


def day_of(moment: datetime, *, zone: ZoneInfo) -> date:
    """Return the local day."""
    return moment.astimezone(zone).date()


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
