"""Shelves, results and practice for the tests, at days counted from today."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from apps.teams.models import Team, TeamAchievement, TeamTournamentRegistration

_number = count(1)


def today(days: int = 0):
    return timezone.localdate() + timedelta(days=days)


def make_achievement(team: Team, title: str = "", *, day: int = -5, removed: bool = False, **fields) -> TeamAchievement:
    fields.setdefault("status", "unconfirmed")
    if fields["status"] != "unconfirmed":
        fields.setdefault("reviewed_at", timezone.now())
    fields.setdefault("reason", "No bracket." if fields["status"] == "rejected" else "")
    fields.setdefault("given_by", team.captain.user)
    if removed:
        fields["removed_at"] = timezone.now()
    return TeamAchievement.objects.create(
        team=team, title=title or f"Cup {next(_number)}", achieved_on=fields.pop("achieved_on", today(day)), **fields
    )


def make_result(team: Team, *, place: int | None = None, day: int = -5, **fields) -> TeamTournamentRegistration:
    number = next(_number)
    fields.setdefault("status", "completed")
    fields.setdefault("tournament_id", number)
    fields.setdefault("tournament_name", f"Tournament {number}")
    return TeamTournamentRegistration.objects.create(
        team=team, placement=place, played_on=fields.pop("played_on", today(day)), **fields
    )
