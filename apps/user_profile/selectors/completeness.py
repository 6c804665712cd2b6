"""How complete a profile is, and what is missing."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.corelib import games
from apps.user_profile.constants import LINK_COLUMNS
from apps.user_profile.models import UserProfile


@dataclass(frozen=True)
class Step:
    """Something to add: what it brings in percent, and the page where it is added."""

    code: str
    label: str
    why: str
    url_name: str
    percent: int


@dataclass(frozen=True)
class Completeness:
    """0 to 100, and the steps that are still open, the most worth first."""

    percent: int
    missing: tuple[Step, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing


_GAME_ID = Step("game_id", "Add a game ID", "Captains find you by it.", "user_profile:edit_games", 25)
_AVATAR = Step("avatar", "Add a picture", "People remember a face.", "user_profile:edit_pictures", 20)
_GAMES = Step("games", "Choose your games", "Teams that look for players see it.", "user_profile:edit_profile", 20)
_BIO = Step("bio", "Write a short bio", "Say how you play and what you look for.", "user_profile:edit_profile", 15)
_LINK = Step("link", "Add a link", "Your clips speak for you.", "user_profile:edit_profile", 10)
_BANNER = Step("banner", "Add a banner", "Make the page yours.", "user_profile:edit_pictures", 10)
STEPS = (_GAME_ID, _AVATAR, _GAMES, _BIO, _LINK, _BANNER)


def completeness(profile: UserProfile, *, preferred_games: Collection[str]) -> Completeness:
    """Say how complete ``profile`` is. Pure: reads the instance only.

    A game ID counts once every preferred game has one; without preferred games, any will do.
    """
    have_ids = {code for code in games.GAMES if profile.get_game_id(code)}
    done = {
        _GAME_ID: bool(have_ids) and set(preferred_games) <= have_ids,
        _AVATAR: bool(profile.avatar),
        _GAMES: bool(preferred_games),
        _BIO: bool(profile.bio),
        _LINK: any(getattr(profile, column) for column in LINK_COLUMNS.values()),
        _BANNER: bool(profile.banner),
    }
    missing = tuple(step for step in STEPS if not done[step])
    return Completeness(100 - sum(step.percent for step in missing), missing)


def completeness_of(profile: UserProfile) -> Completeness:
    """Return :func:`completeness` of a stored profile, in one query."""
    return completeness(profile, preferred_games=list(profile.preferred_games.values_list("game", flat=True)))
