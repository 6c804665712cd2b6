"""Teams as owners of Discord channels, for the app below that posts to them."""

from typing import Any

from django.urls import reverse

from apps.core.errors import NotFound
from apps.notifications.webhook_owners import OwnerKind
from apps.teams import permissions
from apps.teams.models import Team


def _team(team_id: int) -> Team:
    team = Team.objects.select_related("captain").filter(pk=team_id).first()
    if team is None:
        raise NotFound("There is no such team.")
    return team


def check(actor: Any, team_id: int) -> None:
    permissions.check_manage_discord(permissions.standing(actor, _team(team_id)))


def name(team_id: int) -> str:
    return _team(team_id).name


def people(team_id: int) -> list[int]:
    """The captain is told when a channel stops working; who else may change it sees it on the page."""
    return [_team(team_id).captain.user_id]


def page(team_id: int) -> str:
    return reverse("teams:discord", args=[_team(team_id).slug])


TEAMS = OwnerKind(model="teams.team", check=check, name=name, people=people, page=page)
