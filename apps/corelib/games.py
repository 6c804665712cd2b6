"""The games of the platform. A tenth game is one entry here and, if it has a new ID, one column and migration.

Everything that depends on a game reads it from here: team sizes, rosters, roles, ID fields, colour and mark.
"""

import re
from dataclasses import dataclass

from apps.corelib import game_ids
from apps.corelib.game_ids import GameIdError, IdField


@dataclass(frozen=True)
class Game:
    """A game that teams play.

    Attributes:
        code: Stored on teams, posts and rankings. Never changes.
        team_size: How many play at once on one side, at most.
        roster_min: The fewest players a team needs to enter something.
        starters: How many of the roster are shown as the line-up.
        substitutes: How many may stand by.
        roles: In-game roles a member can pick.
        id_fields: What identifies a player; all of them together.
        hue: Colour on the wheel, 0–359; far enough from its neighbours to tell apart in a list.
        mark: SVG path on a 24×24 grid, filled even-odd. Our own, nothing like a publisher's logo.
    """

    code: str
    name: str
    team_size: int
    roster_min: int
    starters: int
    substitutes: int
    roles: tuple[str, ...]
    id_fields: tuple[IdField, ...]
    hue: int
    mark: str

    @property
    def roster_max(self) -> int:
        """Starters and substitutes together."""
        return self.starters + self.substitutes

    @property
    def team_size_label(self) -> str:
        """Return "5", or "1–2" where a side may be smaller than its maximum."""
        return str(self.team_size) if self.roster_min >= self.team_size else f"{self.roster_min}–{self.team_size}"

    @property
    def id_label(self) -> str:
        """Return what people call the ID of this game."""
        return self.id_fields[0].label

    @property
    def id_example(self) -> str:
        """Return a whole ID as :meth:`format_id` shows it."""
        return self.format_id({field.name: field.example for field in self.id_fields})

    def format_id(self, values: dict[str, str]) -> str:
        """Write the ID the way the game shows it: "123456789 (2345)" for two fields. Empty without the first."""
        first, *others = (values.get(field.name, "") for field in self.id_fields)
        return " ".join([first, *(f"({other})" for other in others if other)]) if first else ""

    def parse_id(self, typed: str) -> dict[str, str]:
        """Return the checked columns of what someone typed in one line; empty input empties all of them.

        Raises:
            GameIdError: With the sentence for the person and the field that is wrong.
        """
        if len(self.id_fields) == 1:
            field = self.id_fields[0]
            return {field.name: field.clean(typed)}
        separators = r"[()\[\]]+" if "(" in game_ids.tidy(typed) else r"[\[\]/,;|\s-]+"
        parts = [part for part in re.split(separators, game_ids.tidy(typed)) if part]
        if len(parts) > len(self.id_fields):
            raise GameIdError(
                f"{self.id_label} looks like {self.id_example}. You typed {len(parts)} numbers.",
                field=self.id_fields[0].name,
            )
        parts += [""] * (len(self.id_fields) - len(parts))
        return self.clean_ids({field.name: part for field, part in zip(self.id_fields, parts, strict=True)})

    def clean_ids(self, typed: dict[str, str]) -> dict[str, str]:
        """Check every field and that none is missing beside a filled one. Raises ``GameIdError``."""
        cleaned = {field.name: field.clean(typed.get(field.name, "")) for field in self.id_fields}
        missing = next((field for field in self.id_fields if not cleaned[field.name]), None)
        if missing and any(cleaned.values()):
            raise GameIdError(
                f"{self.name} needs {missing.label} too. {missing.where} Example: {missing.example}.",
                field=missing.name,
            )
        return cleaned


_GAMES = (
    Game(
        code="valorant",
        name="Valorant",
        team_size=5,
        roster_min=5,
        starters=5,
        substitutes=2,
        roles=("Duelist", "Initiator", "Controller", "Sentinel", "Flex", "IGL"),
        id_fields=(game_ids.RIOT_ID,),
        hue=352,
        mark="M3 4l8 16h4L7 4zM21 4l-5.2 10.4-2-4L17 4z",
    ),
    Game(
        code="cs2",
        name="Counter-Strike 2",
        team_size=5,
        roster_min=5,
        starters=5,
        substitutes=2,
        roles=("IGL", "Entry fragger", "AWPer", "Rifler", "Lurker", "Support"),
        id_fields=(game_ids.STEAM_ID,),
        hue=38,
        mark="M12 2l10 10-10 10L2 12zm0 5l-5 5 5 5 5-5zM10.5 10.5h3v3h-3z",
    ),
    Game(
        code="dota2",
        name="Dota 2",
        team_size=5,
        roster_min=5,
        starters=5,
        substitutes=2,
        roles=("Carry", "Mid", "Offlane", "Soft support", "Hard support", "Captain (draft)"),
        id_fields=(game_ids.STEAM_ID,),
        hue=12,
        mark="M3 3h7v7H3zM14 14h7v7h-7zM14 3h7v2L5 21H3v-2z",
    ),
    Game(
        code="efootball",
        name="eFootball",
        team_size=2,
        roster_min=1,
        starters=2,
        substitutes=1,
        roles=("Solo", "Co-op lead", "Co-op partner"),
        id_fields=(game_ids.EFOOTBALL_ID,),
        hue=222,
        mark="M12 2l9 6.5L17.6 20H6.4L3 8.5zm0 5L7.4 10.3 9.2 16h5.6l1.8-5.7z",
    ),
    Game(
        code="fc26",
        name="EA SPORTS FC",
        team_size=1,
        roster_min=1,
        starters=1,
        substitutes=1,
        roles=("Competitor", "Stand-in"),
        id_fields=(game_ids.EA_ID,),
        hue=152,
        mark="M2 5h20v14H2zm2.5 2.5v9h6.2v-9zm8.8 0v9h6.2v-9z",
    ),
    Game(
        code="mlbb",
        name="Mobile Legends: Bang Bang",
        team_size=5,
        roster_min=5,
        starters=5,
        substitutes=2,
        roles=("Gold laner", "EXP laner", "Mid laner", "Jungler", "Roamer", "Shot caller"),
        id_fields=(game_ids.MLBB_ID, game_ids.MLBB_SERVER_ID),
        hue=262,
        mark="M12 2l10 18h-5.5L12 11.5 7.5 20H2zM12 15l2.8 5H9.2z",
    ),
    Game(
        code="codm",
        name="Call of Duty: Mobile",
        team_size=5,
        roster_min=5,
        starters=5,
        substitutes=2,
        roles=("Slayer", "Objective", "Anchor", "Support", "IGL"),
        id_fields=(game_ids.CODM_UID,),
        hue=88,
        mark="M4 3h16v4l-8 5-8-5zM4 10l8 5 8-5v4l-8 5-8-5z",
    ),
    Game(
        code="freefire",
        name="Free Fire",
        team_size=4,
        roster_min=4,
        starters=4,
        substitutes=2,
        roles=("Rusher", "Sniper", "Support", "IGL"),
        id_fields=(game_ids.FREE_FIRE_ID,),
        hue=24,
        mark="M12 2c1 5 7 7.5 7 13a7 7 0 0 1-14 0c0-3 2-4.5 3-7 1.5 1 2 2 2 4 1.5-2.5 2.5-5 2-10z",
    ),
    Game(
        code="pubgm",
        name="PUBG Mobile",
        team_size=4,
        roster_min=4,
        starters=4,
        substitutes=2,
        roles=("IGL", "Entry fragger", "Support", "Sniper", "Scout"),
        id_fields=(game_ids.PUBG_MOBILE_ID,),
        hue=194,
        mark="M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20zm0 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"
        "m2 3.2a3.800 3.800 0 1 1 0 7.600 3.800 3.800 0 0 1 0-7.600z",
    ),
)

GAMES: dict[str, Game] = {game.code: game for game in _GAMES}

# Each ID field once, in the order of the games that use it first.
ID_FIELDS: dict[str, IdField] = {field.name: field for game in _GAMES for field in game.id_fields}


def get(code: str) -> Game:
    """Return the game with this code. Raises ``KeyError`` with the known codes."""
    try:
        return GAMES[code]
    except KeyError:
        raise KeyError(f"no game {code!r}; there are {', '.join(GAMES)}") from None


def choices() -> list[tuple[str, str]]:
    """Return (code, name) of every game, for forms."""
    return [(game.code, game.name) for game in _GAMES]


def games_of_field(name: str) -> list[Game]:
    """Return the games that the ID field ``name`` identifies a player in."""
    return [game for game in _GAMES if any(field.name == name for field in game.id_fields)]
