"""The names in the rosters of results: who they belong to may ask for them, and may have them forgotten."""

from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.teams.models import ResultImportLine, RosterChange, TeamTournamentRegistration

NAMELESS = "Deleted player"


def forget_player(user: User) -> None:
    """Take the name out of every roster. Part of the deletion of the account; how many played stays."""
    for model in (TeamTournamentRegistration, ResultImportLine):
        changed = []
        for row in _of_my_teams(user, model):
            if (place := _place(user, row)) is not None:
                row.roster[place]["name"] = NAMELESS
                changed.append(row)
        model.objects.bulk_update(changed, ["roster"], batch_size=500)


def results_of(user: User) -> list[dict[str, Any]]:
    """Return the results that have this person in their roster, for the export of their data."""
    return [
        {
            "team_name": result.team.name,
            "tournament_id": result.tournament_id,
            "tournament_name": result.tournament_name,
            "status": result.status,
            "placement": result.placement,
            "played_on": result.played_on,
            "as": result.roster[place],
        }
        for result in _of_my_teams(user, TeamTournamentRegistration).select_related("team")
        if (place := _place(user, result)) is not None
    ]


def _of_my_teams(user: User, model: Any) -> QuerySet[Any]:
    """Return the rows of all teams this person was ever in: nobody else's roster can name them."""
    teams = RosterChange.objects.filter(profile__user=user).values("team")
    rows: QuerySet[Any] = model.objects.filter(team__in=teams).order_by("pk")
    return rows


def _place(user: User, row: Any) -> int | None:
    profile_id = user.profile.pk
    return next((number for number, player in enumerate(row.roster) if player["profile"] == profile_id), None)
