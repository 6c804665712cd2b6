"""The columns of a file of results, and what their cells may say."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.common.csv_files import Column, Problem, Row
from apps.common.csv_files.columns import quoted
from apps.corelib import games
from apps.teams.models import TeamTournamentRegistration

Status = TeamTournamentRegistration.Status
ROW_LIMIT = 20_000
BYTE_LIMIT = 8 * 1024 * 1024
LARGEST_NUMBER = 2_147_483_647  # of a tournament, as far as the column goes
LARGEST_PLACE = 10_000
LARGEST_PRIZE = 100_000_000
MOST_PLAYERS = 12
EARLIEST = date(2000, 1, 1)
STATUSES = {
    "played": Status.COMPLETED,
    "withdrawn": Status.WITHDRAWN,
    "disqualified": Status.DISQUALIFIED,
}

COLUMNS = (
    Column("tournament_id", "101", "The organiser's number of the tournament."),
    Column("tournament", "Dhaka Open 2026", "Its name, the same on all its lines."),
    Column("date", "2026-11-14", "The day on which it ended for the team."),
    Column("team", "dhaka-wolves", "Address, tag or name. When two teams match: slug:…, tag:… or name:…"),
    Column("game", "valorant", "Checked against the team's game.", required=False),
    Column("placement", "2", "1 is the winner. Empty: took part without a place.", may_be_empty=True),
    Column("participants", "16", "Teams in the tournament.", required=False),
    Column("prize", "5000", "In taka, for the whole team. Only told.", required=False),
    Column("status", "played", "played, withdrawn or disqualified. Empty: played.", required=False),
    Column(
        "roster",
        "rafi tanvir mim",
        "Usernames, between spaces. Empty: who was in the team on that day.",
        required=False,
        max_length=500,
    ),
)
_EXAMPLES = {column.name: column.example for column in COLUMNS}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BETWEEN_NAMES = re.compile(r"[\s,;|]+")


@dataclass
class Draft:
    """A row as it was understood. What could not be understood is in ``problems``."""

    number: int
    tournament_id: int = 0
    tournament_name: str = ""
    played_on: date | None = None
    team: str = ""
    game: str = ""
    status: str = Status.COMPLETED
    placement: int | None = None
    participants: int | None = None
    prize: int | None = None
    roster: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, reason: str) -> None:
        self.problems.append(Problem(self.number, column, reason, _EXAMPLES.get(column, "")))


def understand(row: Row) -> Draft:
    """Turn cells into values, each by itself."""
    draft = Draft(row.line, problems=list(row.problems))
    wrong = {problem.column for problem in row.problems}
    if any(row.cells.values()):
        for column, take in _CELLS.items():
            if column not in wrong:
                take(draft, row.cells[column])
    if not draft.problems:
        _check_together(draft)
    return draft


def _check_together(draft: Draft) -> None:
    if draft.placement and draft.status != Status.COMPLETED:
        draft.refuse("placement", f"A team that was {draft.status} has no place.")
    if draft.placement and draft.participants and draft.placement > draft.participants:
        draft.refuse("placement", f"Place {draft.placement} of {draft.participants} teams is not possible.")


def _take_tournament_id(draft: Draft, cell: str) -> None:
    draft.tournament_id = _number(draft, "tournament_id", cell, 1, LARGEST_NUMBER) or 0


def _take_tournament(draft: Draft, cell: str) -> None:
    draft.tournament_name = " ".join(cell.split())


def _take_date(draft: Draft, cell: str) -> None:
    if not _DATE.fullmatch(cell) or not cell.isascii():
        draft.refuse("date", f"{quoted(cell)} is not written as year-month-day.")
        return
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        draft.refuse("date", f"{quoted(cell)} is not in the calendar.")
        return
    if day > timezone.localdate():
        draft.refuse("date", f"{quoted(cell)} is still to come.")
    elif day < EARLIEST:
        draft.refuse("date", f"{quoted(cell)} is before {EARLIEST.year}.")
    else:
        draft.played_on = day


def _take_team(draft: Draft, cell: str) -> None:
    draft.team = " ".join(cell.split())


def _take_game(draft: Draft, cell: str) -> None:
    known = {word.lower(): game.code for game in games.GAMES.values() for word in (game.code, game.name)}
    if cell and cell.lower() not in known:
        draft.refuse("game", f"There is no game {quoted(cell)}.")
        return
    draft.game = known.get(cell.lower(), "")


def _take_placement(draft: Draft, cell: str) -> None:
    draft.placement = _number(draft, "placement", cell, 1, LARGEST_PLACE)


def _take_participants(draft: Draft, cell: str) -> None:
    draft.participants = _number(draft, "participants", cell, 1, LARGEST_PLACE)


def _take_prize(draft: Draft, cell: str) -> None:
    draft.prize = _number(draft, "prize", cell, 0, LARGEST_PRIZE)


def _take_status(draft: Draft, cell: str) -> None:
    word = cell.lower() or "played"
    if word not in STATUSES:
        draft.refuse("status", f"{quoted(cell)} is none of {', '.join(STATUSES)}.")
        return
    draft.status = STATUSES[word]


def _take_roster(draft: Draft, cell: str) -> None:
    names = [name for name in _BETWEEN_NAMES.split(cell) if name]
    folded = [name.lower() for name in names]
    twice = next((name for name in names if folded.count(name.lower()) > 1), None)
    if twice:
        draft.refuse("roster", f"{quoted(twice)} is there twice.")
    elif len(names) > MOST_PLAYERS:
        draft.refuse("roster", f"There are {len(names)} players; {MOST_PLAYERS} are the limit.")
    else:
        draft.roster = names


def _number(draft: Draft, column: str, cell: str, least: int, most: int) -> int | None:
    """Return the number, or None for an empty cell and for what is refused."""
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()):
        draft.refuse(column, f"{quoted(cell)} is not a whole number in plain digits.")
    elif len(cell.lstrip("0")) > len(str(most)) or not least <= int(cell) <= most:
        draft.refuse(column, f"{quoted(cell)} is not between {least:,} and {most:,}.")
    else:
        return int(cell)
    return None


_CELLS: dict[str, Callable[[Draft, str], Any]] = {
    "tournament_id": _take_tournament_id,
    "tournament": _take_tournament,
    "date": _take_date,
    "team": _take_team,
    "game": _take_game,
    "placement": _take_placement,
    "participants": _take_participants,
    "prize": _take_prize,
    "status": _take_status,
    "roster": _take_roster,
}
