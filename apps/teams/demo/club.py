"""Shelves to look at: confirmed, waiting, rejected. What results reach comes with the results."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import Team, TeamAchievement

Status = TeamAchievement.Status


@dataclass(frozen=True)
class DemoAchievement:
    team: str
    title: str
    day: date
    place: int | None = None
    status: str = Status.CONFIRMED
    description: str = ""
    reason: str = ""


ACHIEVEMENTS = (
    DemoAchievement("dhaka-wolves", "Mirpur LAN Night", date(2026, 5, 22), 1, description="Eight teams, one café."),
    DemoAchievement("dhaka-wolves", "Fair play award, Dhaka Open", date(2026, 9, 5)),
    DemoAchievement("dhaka-wolves", "University Cup of Dhaka", date(2026, 10, 17), 3, Status.UNCONFIRMED),
    DemoAchievement(
        "dhaka-wolves",
        "Champions of everything",
        date(2026, 8, 30),
        1,
        Status.REJECTED,
        reason="We could not find this cup. Add a link to its bracket.",
    ),
    DemoAchievement("padma-tigers", "রাজশাহী বিভাগীয় কাপ", date(2026, 7, 4), 2, description="ফাইনালে তিন ম্যাপ।"),
    DemoAchievement("chattogram-tide", "Port City Brawl", date(2026, 6, 6), 1),
    DemoAchievement("chattogram-tide", "Ten thousand followers on their stream", date(2026, 9, 1)),
    DemoAchievement("rangpur-ravens", "Winter Scrim League", date(2026, 11, 1), 4, Status.UNCONFIRMED),
)


def load() -> str:
    """Make what is missing, once each. What was changed by hand stays."""
    teams = {team.slug: team for team in Team.objects.active().select_related("captain__user")}
    staff = User.objects.filter(is_superuser=True).order_by("pk").first()
    made = sum(_make(demo, teams[demo.team], staff) for demo in ACHIEVEMENTS if demo.team in teams)
    return f"{made} achievements made"


@transaction.atomic
def _make(demo: DemoAchievement, team: Team, staff: User | None) -> bool:
    if team.achievements.filter(title=demo.title).exists():
        return False
    reviewed = demo.status != Status.UNCONFIRMED
    TeamAchievement.objects.create(
        team=team,
        title=demo.title,
        description=demo.description,
        achieved_on=demo.day,
        place=demo.place,
        evidence_url="https://results.example/" if demo.place else "",
        status=demo.status,
        reason=demo.reason,
        given_by=team.captain.user,
        reviewed_by=staff if reviewed else None,
        reviewed_at=timezone.now() if reviewed else None,
    )
    return True
