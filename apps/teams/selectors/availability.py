"""When the members of a team can: how many of them in each block of a week."""

from collections import Counter
from dataclasses import dataclass

from apps.accounts.models import User
from apps.corelib import week
from apps.teams.models import Availability, Team, TeamMembership

HEATS = 4
BEST = 3


@dataclass(frozen=True)
class Cell:
    """One block of one day. ``heat`` is 0 for nobody, up to four for everyone who has said anything."""

    block: week.Block
    place: int
    count: int
    heat: int


@dataclass(frozen=True)
class Row:
    day: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class HeatMap:
    """``said`` of ``members`` have told their week; the counts are of those."""

    rows: tuple[Row, ...]
    said: int
    members: int
    best: tuple[str, ...]


def usual_week(user: User) -> set[int]:
    """Return the blocks in which the person can. One query."""
    return week.unpack(Availability.objects.filter(user=user).values_list("blocks", flat=True).first() or 0)


def heat_map(team: Team) -> HeatMap:
    """Return how many members with a seat can when. Nobody's own week: only counts. One query."""
    members = TeamMembership.objects.active().filter(team=team)
    weeks = list(members.values_list("profile__user__availability__blocks", flat=True))
    told = [week.unpack(blocks) for blocks in weeks if blocks]
    counts = Counter(place for places in told for place in places)
    rows = tuple(
        Row(day, tuple(_cell(week.place_of(number, block), counts, len(told)) for block in range(len(week.BLOCKS))))
        for number, day in enumerate(week.DAYS)
    )
    shared = sorted((place for place in counts if counts[place] > 1), key=lambda place: (-counts[place], place))
    best = tuple(f"{week.name_of(place)}: {counts[place]} of {len(told)}" for place in shared[:BEST])
    return HeatMap(rows, said=len(told), members=len(weeks), best=best)


def _cell(place: int, counts: Counter[int], told: int) -> Cell:
    count = counts[place]
    heat = -(-HEATS * count // told) if told else 0  # rounded up: one of eight is not nobody
    return Cell(week.BLOCKS[place % len(week.BLOCKS)], place, count, heat)
