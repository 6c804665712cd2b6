"""What a team's points are made of. The rule as plain Python; ``teams`` computes the same in SQL and tests compare."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

ACTIVITY_DAYS = 30


@dataclass(frozen=True)
class Component:
    """One kind of reason for points. ``code`` names what is counted, ``weight`` the points for each."""

    code: str
    weight: str
    label: str
    each: str  # what one of them is called on a page


COMPONENTS = (
    Component("participations", "participation", "Tournaments played", "tournament"),
    Component("wins", "winner", "Titles", "title"),
    Component("runner_ups", "runner_up", "Lost finals", "final"),
    Component("top_fours", "top_four", "Third and fourth places", "placing"),
    Component("members", "active_member", "Active members", "member"),
    Component("months", "month_of_age", "Age", "full month"),
    Component("achievements", "achievement", "Achievements", "achievement"),
    Component("posts", "own_post", "Own posts, last 30 days", "post"),
    Component("chat_days", "chat_day", "Days with chat, last 30 days", "day"),
    Component("practices", "practice", "Practice, last 30 days", "session"),
)
CODES = tuple(component.code for component in COMPONENTS)


@dataclass(frozen=True)
class Weights:
    """Points for one of each. ``max_months`` caps the age that counts, so that waiting alone wins nothing."""

    participation: int = 50
    winner: int = 500
    runner_up: int = 300
    top_four: int = 150
    active_member: int = 10
    month_of_age: int = 30
    achievement: int = 100
    own_post: int = 5
    chat_day: int = 2
    practice: int = 5
    max_months: int | None = None


WEIGHTS = tuple(field.name for field in fields(Weights) if field.name != "max_months")


@dataclass(frozen=True)
class Counts:
    """How many of each a team has. A winner has also played, so a title is one win and one participation."""

    participations: int = 0
    wins: int = 0
    runner_ups: int = 0
    top_fours: int = 0
    members: int = 0
    months: int = 0
    achievements: int = 0
    posts: int = 0
    chat_days: int = 0
    practices: int = 0


def parts(counts: Counts, weights: Weights) -> dict[str, int]:
    """Return the points of each component by its code."""
    amounts: Mapping[str, int] = asdict(counts)
    capped = {**amounts, "months": min(amounts["months"], _cap(weights, amounts["months"]))}
    return {part.code: capped[part.code] * getattr(weights, part.weight) for part in COMPONENTS}


def total(counts: Counts, weights: Weights, *, adjustment: int = 0) -> int:
    """Return the points of a team: its components and what staff added or took, never below zero."""
    return max(0, sum(parts(counts, weights).values()) + adjustment)


def full_months(since: datetime, at: datetime) -> int:
    """Return the full calendar months between two moments, in UTC.

    A month is full when the day of the month and the time of day come round. Founded on the 31st, the month is full on
    the first day of the month after a shorter one. Before ``since`` it is zero.
    """
    since, at = since.astimezone(UTC), at.astimezone(UTC)
    months = (at.year - since.year) * 12 + at.month - since.month
    if (at.day, at.time()) < (since.day, since.time()):
        months -= 1
    return max(0, months)


def _cap(weights: Weights, months: int) -> int:
    return months if weights.max_months is None else weights.max_months
