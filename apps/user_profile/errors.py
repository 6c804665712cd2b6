"""Refusals of this app."""

from apps.core.errors import Conflict, DomainError


class InvalidGameId(DomainError):
    """A game ID that cannot be right; ``field`` is the column, ``message`` says why and shows an example."""

    code = "invalid_game_id"


class GameIdTaken(Conflict):
    """Another profile already has this game ID."""

    code = "game_id_taken"
