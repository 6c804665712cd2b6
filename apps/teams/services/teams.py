"""The team itself: create and edit."""

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.common import images
from apps.common.images import ProcessedImage
from apps.core import audit, events, rate_limit
from apps.core.constraints import refusing
from apps.core.errors import Conflict, DomainError
from apps.corelib.display_names import tidy
from apps.teams import permissions
from apps.teams.events import TeamCreated, TeamUpdated
from apps.teams.models import HeroTemplate, Team, TeamMembership
from apps.teams.selectors import names
from apps.teams.services import looks, rosters
from apps.teams.services.locks import lock_profile, lock_team

EDITABLE = frozenset({"region", "tagline", "description", "is_recruiting", "is_public", "hero_template", "links"})


def create_team(
    *,
    actor: User,
    name: str,
    tag: str,
    game: str,
    region: str = "BD",
    tagline: str = "",
    description: str = "",
    is_recruiting: bool = False,
    is_public: bool = True,
    in_game_role: str = "",
    hero_template: str = HeroTemplate.BROADCAST,
    logo: ProcessedImage | None = None,
    banner: ProcessedImage | None = None,
) -> Team:
    """Create a team with ``actor`` as its captain and first member.

    Raises:
        DomainError: A field is wrong; ``field`` names it.
        Conflict: The name or the tag is taken.
        PlaysElsewhere: The actor has an active team in this game.
        RateLimited: More than ten tries within a day.
    """
    with looks.stored({"logo": logo, "banner": banner}) as pictures, transaction.atomic(durable=True):
        return _create(
            actor=actor,
            in_game_role=in_game_role,
            team=Team(
                name=tidy(name),
                tag=tidy(tag),
                game=game,
                region=region,
                tagline=tidy(tagline),
                description=description.strip(),
                is_recruiting=is_recruiting,
                is_public=is_public,
                hero_template=hero_template,
                **pictures,
            ),
        )


def _create(*, actor: User, team: Team, in_game_role: str) -> Team:
    permissions.check_create(actor)
    rate_limit.check("teams.create", key=str(actor.pk), limit=10, seconds=86_400)
    captain = lock_profile(actor.profile.pk)
    team.captain = captain
    check_fields(team)
    permissions.check_create_for(actor, team.game)
    names.check_name_free(team.name)
    names.check_tag_free(team.tag, name=team.name)

    _insert(team)
    rosters.seat(actor=actor, team=team, profile=captain, role=TeamMembership.Role.CAPTAIN, in_game_role=in_game_role)

    audit.record(
        actor=actor,
        action="team.created",
        target=team,
        old={},
        new={"name": team.name, "tag": team.tag, "game": team.game},
    )
    events.publish(TeamCreated(team_id=team.pk, captain_id=captain.pk))
    return team


def update_team(
    *,
    actor: User,
    team_id: int,
    logo: ProcessedImage | None = None,
    banner: ProcessedImage | None = None,
    roster_image: ProcessedImage | None = None,
    remove: Collection[str] = (),
    **changes: Any,
) -> Team:
    """Change what ``EDITABLE`` names, and the pictures of which there is a new one. ``remove`` names pictures to drop.

    Name and tag have a service of their own; the game stays. ``links`` are all of the team's: code to address.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not edit it, or not change who sees it.
        DomainError: A field is wrong; ``field`` names it.
    """
    if unknown := changes.keys() - EDITABLE:
        raise TypeError(f"update_team can't change {', '.join(sorted(unknown))}")
    chosen = {"logo": logo, "banner": banner, "roster_image": roster_image}
    with looks.stored(chosen) as pictures, transaction.atomic(durable=True):
        dropped = dict.fromkeys((name for name in looks.PICTURES if name in remove), "")
        return _update(actor=actor, team_id=team_id, changes=changes | dropped | pictures)


def _update(*, actor: User, team_id: int, changes: dict[str, Any]) -> Team:
    team = lock_team(team_id)
    standing = permissions.standing(actor, team)
    permissions.check_edit(standing)
    if "links" in changes:
        changes["links"] = looks.clean_links(changes["links"])
    old = {field: getattr(team, field) for field in changes if getattr(team, field) != changes[field]}
    if "is_public" in old:
        permissions.check_change_visibility(standing)
    if not old:
        return team

    new = {field: changes[field] for field in old}
    for field, value in new.items():
        if field in looks.PICTURES:
            images.assign(team, field, value)  # removes the old files after the commit
        else:
            setattr(team, field, value)
    check_fields(team)
    team.save(update_fields=list(new))

    audit.record(actor=actor, action="team.updated", target=team, old=old, new=new)
    events.publish(TeamUpdated(team_id=team.pk))
    return team


def check_fields(team: Team) -> None:
    """Raise the first thing that is wrong with a single field."""
    try:
        team.clean_fields(exclude=["slug", "captain"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise DomainError(messages[0], field=field) from error


def _insert(team: Team) -> None:
    """Save a new team. A race for its name or tag ends in the same words as a look before."""
    team.slug = names.free_slug(team.name, team.tag)
    with refusing_taken_names(team):
        team.save(force_insert=True)
    names.check_not_held(team)


def refusing_taken_names(team: Team) -> AbstractContextManager[None]:
    """Turn the constraints on names into their sentences."""
    return refusing(
        {
            "teams_team_name_ci": lambda: names.name_taken(team.name),
            "teams_team_tag_ci": lambda: names.tag_taken(team.tag, name=team.name),
            "teams_team_slug_key": lambda: Conflict(
                "Someone just took a name that looks like this one. Try again.", field="name"
            ),
        }
    )
