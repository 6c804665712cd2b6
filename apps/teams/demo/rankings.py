"""Results, a season of points, and a recalculation, so that the leaderboard has something to tell."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from apps.accounts.models import User
from apps.teams.models import Team, TeamTournamentRegistration
from apps.teams.services.points import adjust_points
from apps.teams.services.ranking_service import ranking_service
from apps.teams.services.results import record_result


@dataclass(frozen=True)
class Cup:
    number: int
    name: str
    day: date
    order: str  # slugs, the winner first
    prize: int = 0


CUPS = (
    Cup(101, "Boishakh Invitational", date(2026, 4, 16), "padma-tigers dhaka-wolves rangpur-ravens", 2_000),
    Cup(102, "Meghna Masters", date(2026, 5, 9), "chattogram-tide bagh", 3_000),
    Cup(103, "Monsoon Royale", date(2026, 6, 20), "sylhet-monsoon squad-buriganga", 2_500),
    Cup(104, "Sundarban Drop", date(2026, 7, 11), "khulna-mangrove old-dhaka-outlaws", 1_500),
    Cup(105, "Karnaphuli Clash", date(2026, 8, 1), "barishal-broadside rangpur-ravens", 1_500),
    Cup(106, "Dhaka Open", date(2026, 9, 5), "rangpur-ravens dhaka-wolves padma-tigers", 5_000),
    Cup(107, "Hilsa Cup", date(2026, 10, 3), "chattogram-tide bagh", 3_000),
    Cup(108, "Autumn Royale", date(2026, 10, 24), "squad-buriganga sylhet-monsoon", 2_500),
    Cup(109, "Winter Qualifier", date(2026, 11, 14), "dhaka-wolves padma-tigers", 1_000),
)


def load() -> str:
    """Record the cups one after the other with a count after each, as the nights would have. Loads once."""
    staff = User.objects.filter(is_superuser=True).order_by("pk").first()
    teams = {team.slug: team for team in Team.objects.active()}
    if staff is None or not teams:
        return "no results: no teams or no staff"
    if TeamTournamentRegistration.objects.filter(tournament_id=CUPS[0].number).exists():
        return f"0 results made, {TeamTournamentRegistration.objects.count()} there"
    made = 0
    for cup in (cup for cup in CUPS if cup.day < timezone.localdate()):
        for place, slug in enumerate(cup.order.split(), 1):
            if slug not in teams:
                continue
            record_result(
                actor=staff,
                team_id=teams[slug].pk,
                tournament_id=cup.number,
                tournament_name=cup.name,
                placement=place,
                prize=cup.prize if place == 1 else 0,
                played_on=cup.day,
            )
            made += 1
        night = datetime.combine(cup.day + timedelta(days=1), time(2), tzinfo=UTC)
        ranking_service.recalculate_all_teams(reason=f"Night after {cup.name}", at=night)
    if "dhaka-wolves" in teams:
        adjust_points(actor=staff, team=teams["dhaka-wolves"], amount=-40, reason="Twenty minutes late to a final")
    ranking_service.recalculate_all_teams(reason="Daily automated recalculation")
    return f"{made} results made"
