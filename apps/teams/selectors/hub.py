"""The hub: the scene on one page, the same for everybody, kept for a quarter of an hour."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from apps.corelib import games
from apps.teams.models import Team, TeamMembership
from apps.teams.models.team import TeamQuerySet
from apps.teams.permissions import Viewer
from apps.teams.selectors import leaderboards
from apps.teams.selectors.leaderboards import Line
from apps.teams.selectors.shelves import HUB

TOP_OF_A_GAME = 3
CARDS = 6


@dataclass(frozen=True)
class Card:
    """What a card on the hub says about a team."""

    name: str
    tag: str
    href: str
    crest_src: str
    banner_src: str
    game: str
    game_name: str
    region_name: str
    tagline: str
    members: int
    points: int
    is_verified: bool
    created_at: datetime


@dataclass(frozen=True)
class GameBoard:
    """The first of one game. ``teams`` counts all of its public ones."""

    code: str
    name: str
    teams: int
    recruiting: int
    verified: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Hub:
    """Everything on it. Games that nobody plays yet come last."""

    games: tuple[GameBoard, ...]
    featured: tuple[Card, ...]
    recruiting: tuple[Card, ...]
    newest: tuple[Card, ...]

    @property
    def teams(self) -> int:
        return sum(game.teams for game in self.games)

    @property
    def looking(self) -> int:
        return sum(game.recruiting for game in self.games)

    @property
    def verified(self) -> int:
        return sum(game.verified for game in self.games)


def hub() -> Hub:
    """Return the hub: from the cache no query, else five, however many teams there are."""
    return HUB.get("", _build)


def my_teams(viewer: Viewer) -> list[TeamMembership]:
    """Return where the viewer plays, with the team's ranking. One query, none for a visitor."""
    if not viewer.is_authenticated:
        return []
    mine = TeamMembership.objects.active().filter(profile__user=viewer, team__is_active=True)
    return list(mine.select_related("team__ranking").order_by("joined_at", "pk"))


def _build() -> Hub:
    listed = Team.objects.listed()
    counts = {
        game: (teams, recruiting, verified)
        for game, teams, recruiting, verified in listed.values_list("game")
        .annotate(
            teams=Count("pk"),
            recruiting=Count("pk", filter=Q(is_recruiting=True)),
            verified=Count("pk", filter=Q(is_verified=True)),
        )
        .order_by()
    }
    top = leaderboards.first_of_each_game(TOP_OF_A_GAME)
    boards = [
        GameBoard(code, game.name, *counts.get(code, (0, 0, 0)), top.get(code, ()))
        for code, game in games.GAMES.items()
    ]
    return Hub(
        games=tuple(sorted(boards, key=lambda board: not board.teams)),
        featured=_cards(listed.filter(is_featured=True).order_by("-total_points", "-pk")),
        recruiting=_cards(listed.filter(is_recruiting=True).order_by("-created_at", "-pk")),
        newest=_cards(listed.order_by("-created_at", "-pk")),
    )


def _cards(teams: TeamQuerySet) -> tuple[Card, ...]:
    return tuple(
        Card(
            name=team.name,
            tag=team.tag,
            href=team.get_absolute_url(),
            crest_src=team.crest_src,
            banner_src=team.banner.url(640) if team.banner else "",
            game=team.game,
            game_name=team.game_info.name,
            region_name=team.region_name,
            tagline=team.tagline,
            members=team.member_count,
            points=team.total_points,
            is_verified=team.is_verified,
            created_at=team.created_at,
        )
        for team in teams[:CARDS]
    )
