"""Keeps what happened to a roster."""

from collections.abc import Iterable

from apps.accounts.models import User
from apps.teams.models import RosterChange, TeamMembership


def remember(*, actor: User | None, kind: str, members: Iterable[TeamMembership]) -> None:
    """Write one step for each membership, as it is now. Part of a larger act: the caller holds the team's lock."""
    RosterChange.objects.bulk_create(
        RosterChange(
            team_id=member.team_id,
            profile_id=member.profile_id,
            membership=member,
            kind=kind,
            role=member.role,
            in_game_role=member.in_game_role,
            status=member.status,
            actor=actor,
        )
        for member in members
    )
