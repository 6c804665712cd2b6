"""A player's IDs in the games."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from apps.accounts.models import User
from apps.core import audit, rate_limit
from apps.core.errors import DomainError
from apps.corelib import games
from apps.corelib.game_ids import GameIdError
from apps.user_profile.constants import EDITS_PER_HOUR
from apps.user_profile.errors import GameIdTaken, InvalidGameId
from apps.user_profile.models import UserProfile
from apps.user_profile.selectors.game_ids import taken_field
from apps.user_profile.services.locks import lock_for_edit


def set_game_id(*, actor: User, profile_id: int, game: str, value: str) -> UserProfile:
    """Set the ID in one game from one line of text, e.g. ``"123456789 (2345)"``; empty text removes it."""
    if game not in games.GAMES:
        raise DomainError(f"There is no game {game!r}.", field="game")
    try:
        columns = games.get(game).parse_id(value)
    except GameIdError as error:
        raise InvalidGameId(str(error), field=error.field) from error
    return _save(actor, profile_id, columns)


def set_game_ids(*, actor: User, profile_id: int, values: Mapping[str, str]) -> UserProfile:
    """Set any columns of game IDs at once, all or none; what is left out stays.

    Raises:
        InvalidGameId: With ``field``, the reason and an example.
        GameIdTaken: Another profile has this ID.
    """
    if unknown := set(values) - set(games.ID_FIELDS):
        raise DomainError(f"There is no game ID {min(unknown)!r}.", field="game_ids")
    try:
        columns = {name: games.ID_FIELDS[name].clean(typed) for name, typed in values.items()}
    except GameIdError as error:
        raise InvalidGameId(str(error), field=error.field) from error
    return _save(actor, profile_id, columns)


def _save(actor: User, profile_id: int, columns: dict[str, str]) -> UserProfile:
    rate_limit.check("user_profile.game_id", key=str(actor.pk), limit=EDITS_PER_HOUR, seconds=3600)
    try:
        with transaction.atomic():
            profile = lock_for_edit(actor=actor, profile_id=profile_id)
            old = {name: getattr(profile, name) for name, value in columns.items() if getattr(profile, name) != value}
            if not old:
                return profile
            new = {name: columns[name] for name in old}
            for name, value in new.items():
                setattr(profile, name, value)
            _check_whole(profile)
            _check_free(profile)
            profile.save(update_fields=[*new, "updated_at"])
            audit.record(
                actor=actor,
                action="profile.game_ids_changed",
                target=profile,
                # The trail is kept for ever and a game ID names a person: it says which changed, not to what.
                old={name: bool(value) for name, value in old.items()},
                new={name: bool(value) for name, value in new.items()},
            )
            return profile
    except IntegrityError as error:
        # Someone took it between our look and our write; the unique index decided.
        profile = UserProfile(pk=profile_id, **columns)
        _check_free(profile)
        raise GameIdTaken("Another player has just taken this ID.") from error


def _check_whole(profile: UserProfile) -> None:
    for game in games.GAMES.values():
        if len(game.id_fields) > 1:
            try:
                game.clean_ids({field.name: getattr(profile, field.name) for field in game.id_fields})
            except GameIdError as error:
                raise InvalidGameId(str(error), field=error.field) from error


def _check_free(profile: UserProfile) -> None:
    field = taken_field(profile)
    if field:
        label = games.ID_FIELDS[field].label
        raise GameIdTaken(
            f"Another player already uses this {label}. If it is yours, write to support and we sort it out.",
            field=field,
        )
