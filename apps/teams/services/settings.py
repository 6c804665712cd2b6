"""How a team is run: who may ask to join, and what its members may do."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core import audit, events
from apps.core.errors import DomainError
from apps.corelib import typed
from apps.teams import permissions
from apps.teams.constants import JOIN_QUESTION_LIMIT
from apps.teams.events import TeamUpdated
from apps.teams.models import MemberFlag, Team
from apps.teams.services.locks import lock_team

FLAG_COLUMNS = tuple(f"members_can_{flag.value}" for flag in MemberFlag)


@transaction.atomic(durable=True)
def change_join_settings(
    *,
    actor: User,
    team_id: int,
    accepts_join_requests: bool,
    join_message_required: bool,
    auto_accept_join_requests: bool,
    join_question: str = "",
) -> Team:
    """Decide how people without an invitation get in.

    Requests that wait stay, whatever changes: a person asked and gets an answer.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor may not change settings.
        DomainError: The question is too long.
    """
    team = lock_team(team_id)
    permissions.check_change_settings(permissions.standing(actor, team))
    question = typed.one_line(join_question)
    if len(question) > JOIN_QUESTION_LIMIT:
        raise DomainError(
            f"A question has at most {JOIN_QUESTION_LIMIT} characters. Yours has {len(question)}.",
            field="join_question",
        )
    wanted = {
        "accepts_join_requests": accepts_join_requests,
        "join_message_required": join_message_required,
        "auto_accept_join_requests": auto_accept_join_requests,
        "join_question": question,
    }
    _change(actor, team, wanted, action="team.settings_changed")
    return team


@transaction.atomic(durable=True)
def open_to_members(*, actor: User, team_id: int, opened: set[str]) -> Team:
    """Let ordinary members do what ``opened`` names (values of ``MemberFlag``), and nothing else.

    Raises:
        NotFound: The team is gone or hidden from the actor.
        PermissionRefused: The actor is not the captain.
        DomainError: There is no such flag.
    """
    team = lock_team(team_id)
    permissions.check_open_to_members(permissions.standing(actor, team))
    if unknown := opened - set(MemberFlag.values):
        raise DomainError(f"There is nothing called {', '.join(sorted(unknown))} to open.", field="opened")
    wanted = {f"members_can_{flag.value}": flag.value in opened for flag in MemberFlag}
    _change(actor, team, wanted, action="team.permissions_changed")
    return team


def _change(actor: User, team: Team, wanted: dict[str, Any], *, action: str) -> None:
    """Write what differs. Nothing happens when nothing does."""
    old = {name: getattr(team, name) for name in wanted if getattr(team, name) != wanted[name]}
    if not old:
        return
    new = {name: wanted[name] for name in old}
    for name, value in new.items():
        setattr(team, name, value)
    team.save(update_fields=list(new))
    audit.record(actor=actor, action=action, target=team, old=old, new=new)
    events.publish(TeamUpdated(team_id=team.pk))
