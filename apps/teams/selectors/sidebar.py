"""The side panel: the first teams, and where one team stands beside them."""

from dataclasses import dataclass

from apps.corelib import games
from apps.teams.models import Team
from apps.teams.selectors import leaderboards
from apps.teams.selectors.leaderboards import Line, Scope

SHOWN = 5


@dataclass(frozen=True)
class Sidebar:
    """``lines`` are the first of ``game_name``, or of all games; ``place`` is the team's own, if not among them."""

    lines: tuple[Line, ...]
    game: str
    game_name: str
    place: int | None = None


def sidebar(team: Team | None = None) -> Sidebar:
    """Return the first teams of the game of ``team``, or of all games. One query at most, beside the kept board's."""
    code = team.game if team else ""
    lines = leaderboards.public_board(Scope(game=code)).lines[:SHOWN]
    ranking = getattr(team, "ranking", None) if team and team.is_public else None
    place = ranking.game_rank if ranking and ranking.game_rank and ranking.game_rank > SHOWN else None
    return Sidebar(lines=lines, game=code, game_name=games.get(code).name if code else "", place=place)
