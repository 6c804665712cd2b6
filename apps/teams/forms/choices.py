"""Choices that several forms offer."""

from django import forms

from apps.corelib import games
from apps.teams import permissions
from apps.teams.models import TeamInvite
from apps.teams.permissions import Standing


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
    field.choices = choices


def in_game_role_choices(game: str) -> list[tuple[str, str]]:
    return [("", "No fixed role"), *((role, role) for role in games.get(game).roles)]


def role_choices(standing: Standing) -> list[tuple[str, str]]:
    """Return the roles that this person may invite for."""
    return [(role.value, role.label) for role in TeamInvite.Role if permissions.can_invite_as(standing, role.value)]
