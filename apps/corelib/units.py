"""Figures as an operator reads them: short, with their unit, the same everywhere."""

SHARE, BYTES, SECONDS, NUMBER = "share", "bytes", "seconds", "number"
PER_SECOND, BYTES_PER_SECOND = "per second", "bytes per second"

_POWERS = ("", "K", "M", "G", "T", "P")


def written(value: float, unit: str) -> str:
    """``0.123, "share"`` → ``12.3 %``; ``1500, "bytes"`` → ``1.5 KB``; ``0.0123, "seconds"`` → ``12 ms``."""
    if unit == SHARE:
        return f"{_short(value * 100)} %"
    if unit in (BYTES, BYTES_PER_SECOND):
        return f"{_scaled(value)}B" + ("/s" if unit == BYTES_PER_SECOND else "")
    if unit == SECONDS:
        return duration(value)
    if unit == PER_SECOND:
        return f"{_short(value)}/s" if value >= 1 or not value else f"{_short(value * 60)}/min"
    return f"{round(value):,}" if value >= 100 or value == round(value) else _short(value)


def duration(seconds: float) -> str:
    """``0.0004`` → ``0.4 ms``; ``75`` → ``1 min 15 s``; ``200000`` → ``2 d 7 h``."""
    if seconds < 1:
        return f"{_short(seconds * 1000)} ms"
    if seconds < 60:
        return f"{_short(seconds)} s"
    whole = round(seconds)
    for size, name, smaller, its_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            number, rest = divmod(whole, size)
            return f"{number} {name} {rest // smaller} {its_name}" if rest // smaller else f"{number} {name}"
    return f"{whole} s"


def nice_top(value: float) -> float:
    """Return the next of 1, 2, 2.5, 5 and 10 times a power of ten: where a scale ends."""
    if value <= 0:
        return 1.0
    power = 1.0
    while value > power * 10:
        power *= 10
    while value <= power:
        power /= 10
    return next(step * power for step in (1, 2, 2.5, 5, 10) if value <= step * power * (1 + 1e-9))


def _short(value: float) -> str:
    """Three digits that count, no trailing zeros."""
    if value >= 100:
        return f"{round(value):,}"
    return f"{value:.3g}" if value >= 0.01 or not value else f"{value:.2g}"


def _scaled(value: float) -> str:
    power = 0
    while value >= 1000 and power < len(_POWERS) - 1:
        value /= 1000
        power += 1
    return f"{_short(value)} {_POWERS[power]}"
