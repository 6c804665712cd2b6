"""How amounts and times are written. Money is grouped as in Bangladesh: 12,34,567."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
NO_BREAK = "\N{NO-BREAK SPACE}"


def _sign(negative: bool, zero: bool, signed: bool) -> str:
    if negative:
        return MINUS
    return "+" if signed and not zero else ""


def lakh_grouped(whole: int) -> str:
    """Group a non-negative integer by three, then by two: ``1234567`` → ``12,34,567``."""
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


def taka(amount: Decimal | int | str, *, signed: bool = False) -> str:
    """Write an amount in BDT. Poisha appear only when there are any."""
    exact = Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    whole, poisha = divmod(abs(exact), 1)
    decimals = f".{int(poisha * 100):02d}" if poisha else ""
    return f"{_sign(exact < 0, exact == 0, signed)}৳{lakh_grouped(int(whole))}{decimals}"


def coins(amount: int, *, signed: bool = False) -> str:
    """Write whole DeltaCoins: ``12500`` → ``12,500 DC``."""
    return f"{_sign(amount < 0, amount == 0, signed)}{abs(amount):,}{NO_BREAK}DC"


def grouped(number: int) -> str:
    """Write a count or points: ``12500`` → ``12,500``."""
    return f"{_sign(number < 0, number == 0, False)}{abs(number):,}"


def full_time(at: datetime) -> str:
    """``30 November 2026, 18:05``. ``at`` is already in the reader's zone."""
    return f"{at.day} {at:%B %Y, %H:%M}"


def relative_time(at: datetime, *, now: datetime) -> str:
    """Say when ``at`` is, seen from ``now``. Beyond a week it is a date."""
    away = at - now
    ahead = away > timedelta(0)
    seconds = abs(away).total_seconds()
    if seconds < 45:
        return "in a moment" if ahead else "just now"
    if seconds >= 7 * 86400:
        return f"{at.day} {at:%b}" if at.year == now.year else f"{at.day} {at:%b %Y}"
    size, unit = next(step for step in UNITS if seconds >= step[0] or step[0] == 60)
    count = max(1, int(seconds // size))
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if ahead else f"{words} ago"


def ordinal(place: int) -> str:
    """``1`` → ``1st``, ``2`` → ``2nd``, ``11`` → ``11th``."""
    if place % 100 in {11, 12, 13}:
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"
