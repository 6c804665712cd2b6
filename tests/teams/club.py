"""Shelves, results and practice for the tests, at days counted from today."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from apps.teams.models import PracticeAnswer, PracticeSession, Team, TeamAchievement, TeamTournamentRegistration

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


def make_practice(
    team: Team, title: str = "", *, hours: float = 48, cancelled: bool = False, **fields
) -> PracticeSession:
    """A session of two hours that begins in ``hours``."""
    starts_at = fields.pop("starts_at", timezone.now() + timedelta(hours=hours))
    fields.setdefault("ends_at", starts_at + timedelta(hours=2))
    if cancelled:
        fields["cancelled_at"] = timezone.now()
    return PracticeSession.objects.create(
        team=team, title=title or f"Scrim {next(_number)}", starts_at=starts_at, planned_by=team.captain.user, **fields
    )


def say(session: PracticeSession, *users, answer: str = "yes") -> None:
    for user in users:
        PracticeAnswer.objects.create(session=session, user=user, answer=answer)
