"""Sponsors and promotions to look at: shown, waiting, rejected, ended; one promotion in each place."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.teams.models import SponsorDay, SponsorSighting, Team, TeamPromotion, TeamSponsor
from apps.teams.selectors import promotion_calendar, promotion_terms
from apps.teams.services.promotions import book_promotion

Status = TeamSponsor.Status


@dataclass(frozen=True)
class DemoSponsor:
    team: str
    name: str
    tier: int
    url: str
    status: str
    first: int  # days from today
    last: int
    reason: str = ""


SPONSORS = (
    DemoSponsor("dhaka-wolves", "Mirpur Cha Ghor", 1, "https://mirpur-cha.example/", Status.ACTIVE, -20, 120),
    DemoSponsor("dhaka-wolves", "Buriganga Broadband", 2, "https://buriganga-net.example/", Status.ACTIVE, -12, 60),
    DemoSponsor("dhaka-wolves", "Rickshaw Press", 4, "https://rickshaw-press.example/", Status.PENDING, 3, 90),
    DemoSponsor(
        "dhaka-wolves", "Lucky Spin", 3, "https://lucky-spin.example/", Status.REJECTED, 0, 30, "No betting sites."
    ),
    DemoSponsor("chattogram-tide", "Karnaphuli Gear", 2, "https://karnaphuli.example/", Status.ACTIVE, -30, 30),
    DemoSponsor("padma-tigers", "আম বাগান", 3, "https://aam-bagan.example/", Status.PENDING, 1, 60),
    DemoSponsor("khulna-mangrove", "Sundarban Honey", 4, "https://modhu.example/", Status.EXPIRED, -90, -10),
)
PROMOTIONS = (
    ("dhaka-wolves", "spotlight", "Second at the Dhaka Open 2026.", 0, 14),
    ("sylhet-monsoon", "homepage", "", -2, 12),
    ("gulshan-garrison", "team_hub", "", -1, 7),
    ("khulna-mangrove", "homepage", "Trials on Friday.", 5, 12),
)
VISITORS_A_DAY = (31, 28, 40, 22, 35, 47, 52, 30, 33, 41, 38, 60, 44, 26)


def load() -> str:
    """Make what is missing, once each, around the day of the first load. What was changed by hand stays."""
    teams = {team.slug: team for team in Team.objects.active().select_related("captain__user")}
    staff = User.objects.filter(is_superuser=True).order_by("pk").first()
    made = sum(_sponsor(demo, teams[demo.team], staff) for demo in SPONSORS if demo.team in teams)
    promoted = sum(_promotion(*demo, teams=teams, staff=staff) for demo in PROMOTIONS if demo[0] in teams)
    booked = _booking(teams["dhaka-wolves"]) if "dhaka-wolves" in teams else 0
    return f"{made} sponsors and {promoted + booked} promotions made"


def _booking(team: Team) -> bool:
    """Book the directory for three days: it waits for staff."""
    if team.promotions.filter(price__gt=0).exists():
        return False
    place = next(place for place in promotion_calendar.places() if place.kind == TeamPromotion.Kind.TEAM_HUB)
    try:
        book_promotion(
            actor=team.captain.user,
            team_id=team.pk,
            kind=place.kind,
            first_day=promotion_calendar.today() + timedelta(days=8),
            days=3,
            expected_price=promotion_terms.price_of(place, 3),
            request_id=uuid4(),
            headline="Trials on Friday.",
        )
    except Conflict:  # too few coins, or the days are taken
        return False
    return True


@transaction.atomic
def _sponsor(demo: DemoSponsor, team: Team, staff: User | None) -> bool:
    if team.sponsors.filter(name=demo.name).exists():
        return False
    today = timezone.localdate()
    reviewed = demo.status != Status.PENDING
    sponsor = TeamSponsor.objects.create(
        team=team,
        name=demo.name,
        tier=demo.tier,
        url=demo.url,
        status=demo.status,
        reason=demo.reason,
        starts_on=today + timedelta(days=demo.first),
        ends_on=today + timedelta(days=demo.last),
        proposed_by=team.captain.user,
        reviewed_by=staff if reviewed else None,
        reviewed_at=timezone.now() if reviewed else None,
    )
    if demo.status == Status.ACTIVE:
        _seen(sponsor, today)
    return True


def _seen(sponsor: TeamSponsor, today: date) -> None:
    """Two weeks of visitors: sums for the days that are over, sightings for yesterday and today."""
    for ago, visitors in enumerate(VISITORS_A_DAY):
        day = today - timedelta(days=ago)
        if day < sponsor.starts_on:
            continue
        seen, followed = visitors // sponsor.tier, visitors // (8 * sponsor.tier)
        if ago > 1:
            SponsorDay.objects.create(sponsor=sponsor, day=day, impressions=seen, clicks=followed)
            continue
        SponsorSighting.objects.bulk_create(
            SponsorSighting(sponsor=sponsor, day=day, kind=kind, visitor=_visitor(number))
            for kind, count in (("i", seen), ("c", followed))
            for number in range(count)
        )


def _visitor(number: int) -> UUID:
    return UUID(bytes=sha256(f"demo visitor {number}".encode()).digest()[:16])


def _promotion(
    slug: str, kind: str, headline: str, first: int, last: int, *, teams: dict[str, Team], staff: User | None
) -> bool:
    team = teams[slug]
    if team.promotions.filter(kind=kind).exists():
        return False
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    TeamPromotion.objects.create(
        team=team,
        kind=kind,
        headline=headline,
        starts_at=midnight + timedelta(days=first),
        ends_at=midnight + timedelta(days=last),
        status=TeamPromotion.Status.ACTIVE if first <= 0 else TeamPromotion.Status.SCHEDULED,
        created_by=staff,
    )
    return True
