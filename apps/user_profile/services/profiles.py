"""What a player says about themselves, and who sees it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypedDict, Unpack

from django.db import transaction

from apps.accounts.models import User
from apps.common import images
from apps.core import audit, rate_limit
from apps.core.errors import DomainError
from apps.corelib import games, regions, typed
from apps.corelib.links import LINK_KINDS, clean_link
from apps.user_profile.constants import BIO_LENGTH, EDITS_PER_HOUR, LINK_COLUMNS, PICTURES, PRIVACY_COLUMNS
from apps.user_profile.models import Follow, PreferredGame, UserProfile
from apps.user_profile.services.locks import lock_for_edit

_PLAIN = ("region", "looking_for_team", "preferred_games")


class ProfileChanges(TypedDict, total=False):
    """What :func:`update_profile` may change; what is left out stays. Links are addresses or handles by kind."""

    display_name: str
    region: str
    bio: str
    phone: str
    looking_for_team: bool
    links: dict[str, str]
    preferred_games: Iterable[str]


def update_profile(*, actor: User, profile_id: int, **changes: Unpack[ProfileChanges]) -> UserProfile:
    """Change what a player says about themselves.

    Raises:
        DomainError: With ``field``, for a value that can't be used; nothing was changed.
        PermissionRefused, NotFound, RateLimited: As their names say.
    """
    rate_limit.check("user_profile.edit", key=str(actor.pk), limit=EDITS_PER_HOUR, seconds=3600)
    preferred = _clean_preferred(changes["preferred_games"]) if "preferred_games" in changes else None
    columns = _clean_columns(changes)
    with transaction.atomic():
        profile = lock_for_edit(actor=actor, profile_id=profile_id)
        old, new = _set_columns(profile, columns)
        if preferred is not None:
            _set_preferred(profile, preferred, old, new)
        if new:
            audit.record(actor=actor, action="profile.updated", target=profile, old=_told(old), new=_told(new))
    return profile


def update_privacy(*, actor: User, profile_id: int, **switches: bool) -> UserProfile:
    """Set any of ``is_private``, ``show_email``, ``show_phone`` and ``show_socials``."""
    if unknown := set(switches) - set(PRIVACY_COLUMNS):
        raise TypeError(f"no privacy switch {', '.join(sorted(unknown))}")
    rate_limit.check("user_profile.edit", key=str(actor.pk), limit=EDITS_PER_HOUR, seconds=3600)
    with transaction.atomic():
        profile = lock_for_edit(actor=actor, profile_id=profile_id)
        old, new = _set_columns(profile, dict(switches))
        if new:
            audit.record(actor=actor, action="profile.privacy_changed", target=profile, old=old, new=new)
    return profile


@transaction.atomic
def purge_profile(*, user: User) -> None:
    """Empty the profile of a person whose account is being deleted; the row stays, others point at it."""
    profile = UserProfile.objects.select_for_update(no_key=True).get(user=user)
    for field in PICTURES:
        images.assign(profile, field, "")
    blank = UserProfile(display_name="Deleted player", is_private=True, show_socials=False)
    kept = {"id", "user", "created_at", "updated_at", *PICTURES}
    for column in (field for field in UserProfile._meta.concrete_fields if field.name not in kept):
        setattr(profile, column.attname, getattr(blank, column.attname))
    profile.save()
    profile.preferred_games.all().delete()
    Follow.objects.filter(follower=profile).delete()
    Follow.objects.filter(followed=profile).delete()
    audit.record(actor=None, action="profile.purged", target=profile, old={}, new={})


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit trail keeps for ever: of a person's own words only whether there were any."""
    return {name: value if name in _PLAIN else bool(value) for name, value in values.items()}


def _clean_columns(changes: ProfileChanges) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if "display_name" in changes:
        columns["display_name"] = _rule("display_name", typed.display_name, changes["display_name"])
    if "phone" in changes:
        columns["phone"] = _rule("phone", typed.phone, changes["phone"])
    if "bio" in changes:
        columns["bio"] = typed.paragraphs(changes["bio"])
        if len(columns["bio"]) > BIO_LENGTH:
            raise DomainError(f"A bio has at most {BIO_LENGTH} characters.", field="bio")
    if "region" in changes:
        columns["region"] = changes["region"]
        if columns["region"] not in regions.REGIONS:
            raise DomainError("Choose a region of the list.", field="region")
    if "looking_for_team" in changes:
        columns["looking_for_team"] = bool(changes["looking_for_team"])
    for kind, address in changes.get("links", {}).items():
        if kind not in LINK_KINDS:
            raise DomainError(f"There is no link of the kind {kind!r}.", field="links")
        columns[LINK_COLUMNS[kind]] = _rule(LINK_COLUMNS[kind], partial(clean_link, kind), address)
    return columns


def _rule(field: str, rule: Callable[[str], str], value: str) -> str:
    try:
        return rule(value)
    except ValueError as error:
        raise DomainError(str(error), field=field) from error


def _clean_preferred(codes: Iterable[str]) -> list[str]:
    chosen = set(codes)
    if unknown := chosen - set(games.GAMES):
        raise DomainError(f"There is no game {min(unknown)!r}.", field="preferred_games")
    return [code for code in games.GAMES if code in chosen]


def _set_columns(profile: UserProfile, columns: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Save what differs and return old and new of exactly that."""
    old = {name: getattr(profile, name) for name, value in columns.items() if getattr(profile, name) != value}
    new = {name: columns[name] for name in old}
    if new:
        for name, value in new.items():
            setattr(profile, name, value)
        profile.save(update_fields=[*new, "updated_at"])
    return old, new


def _set_preferred(profile: UserProfile, wanted: list[str], old: dict[str, Any], new: dict[str, Any]) -> None:
    have = set(profile.preferred_games.values_list("game", flat=True))
    if have == set(wanted):
        return
    profile.preferred_games.exclude(game__in=wanted).delete()
    PreferredGame.objects.bulk_create(
        [PreferredGame(profile=profile, game=code) for code in wanted if code not in have], ignore_conflicts=True
    )
    old["preferred_games"] = [code for code in games.GAMES if code in have]
    new["preferred_games"] = wanted
