"""A calendar to look at: a weekly scrim with answers, one moved, one cancelled, a review, and weeks that are over."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from apps.corelib import week
from apps.teams.models import Availability, PracticeAnswer, PracticeSeries, PracticeSession, Team, TeamMembership

DHAKA = ZoneInfo("Asia/Dhaka")
TEAMS = {"dhaka-wolves": "Rangpur Ravens", "chattogram-tide": "বাংলার বাঘ", "sylhet-monsoon": ""}
WEEKS = range(-4, 6)
ANSWERS = ("yes", "yes", "maybe", "yes", "no")


def load() -> str:
    """Make the calendars that are missing, around the day of the first load. What was changed by hand stays."""
    teams = Team.objects.active().filter(slug__in=TEAMS)
    made = sum(_make(team, TEAMS[team.slug]) for team in teams.order_by("pk"))
    told = [_tell_week(number, pk) for number, pk in enumerate(_members(list(teams)))]
    return f"{made} practice sessions and {sum(told)} weeks made"


def _members(teams: list[Team]) -> list[int]:
    """Return who is in these teams, but for one who has not told their week."""
    users = TeamMembership.objects.active().filter(team__in=teams).values_list("profile__user", flat=True)
    return sorted(set(users))[:-1]


def _tell_week(number: int, user_id: int) -> bool:
    """Evenings for all, afternoons at the weekend for most, and a night owl."""
    places = [week.place_of(day, block) for day in range(7) for block in (3, 4) if (day + number) % 3]
    places += [week.place_of(day, 2) for day in (4, 5) if number % 4]
    places += [week.place_of(5, 0)] if number % 5 == 0 else []
    _, made = Availability.objects.get_or_create(user_id=user_id, defaults={"blocks": week.pack(places)})
    return made


@transaction.atomic
def _make(team: Team, opponent: str) -> int:
    if PracticeSession.objects.filter(team=team).exists():
        return 0
    series = PracticeSeries.objects.create(team=team)
    tuesday = timezone.localdate() - timedelta(days=timezone.localdate().weekday() - 1)
    rows = [_session(team, series, tuesday + timedelta(weeks=week), opponent) for week in WEEKS]
    rows[5].cancelled_at = timezone.now()
    rows[6].starts_at += timedelta(days=1)
    rows[6].ends_at += timedelta(days=1)
    rows[6].sequence = 1
    review = _session(team, None, tuesday + timedelta(days=12), "")
    review.title, review.kind, review.place = "Look at the last final", PracticeSession.Kind.REVIEW, "Our voice channel"
    sessions = PracticeSession.objects.bulk_create([*rows, review])
    members = list(TeamMembership.objects.active().filter(team=team).order_by("slot").select_related("profile"))
    PracticeAnswer.objects.bulk_create(
        PracticeAnswer(session=session, user_id=member.profile.user_id, answer=ANSWERS[(number + place) % len(ANSWERS)])
        for number, session in enumerate(sessions[:7])
        for place, member in enumerate(members[:-1])
    )
    return len(sessions)


def _session(team: Team, series: PracticeSeries | None, day: date, opponent: str) -> PracticeSession:
    begin = datetime.combine(day, time(21), tzinfo=DHAKA).astimezone(UTC)
    return PracticeSession(
        team=team,
        series=series,
        title="Weekly scrim",
        kind=PracticeSession.Kind.SCRIM,
        starts_at=begin,
        ends_at=begin + timedelta(hours=2),
        place="Mumbai server",
        opponent=opponent,
        notes="Warm-up from 20:30.\nBring your new ideas for the second map.",
        planned_by=team.captain.user,
    )
