"""Sponsors and promotions for the tests, at days counted from today."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

from django.utils import timezone

from apps.economy.services import award
from apps.teams.models import PromotionPlace, SponsorSighting, Team, TeamPromotion, TeamSponsor
from apps.teams.services.promotions import book_promotion

_number = count(1)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def today(days: int = 0):
    return timezone.localdate() + timedelta(days=days)


def hours(number: int):
    return timezone.now() + timedelta(hours=number)


def make_sponsor(team: Team, name: str = "", *, first: int = 0, last: int = 30, **fields) -> TeamSponsor:
    fields.setdefault("status", "active")
    if fields["status"] in {"active", "rejected"}:
        fields.setdefault("reviewed_at", timezone.now())
    fields.setdefault("reason", "No." if fields["status"] == "rejected" else "")
    fields.setdefault("url", "https://sponsor.example/shop")
    return TeamSponsor.objects.create(
        team=team, name=name or f"Sponsor {next(_number)}", starts_on=today(first), ends_on=today(last), **fields
    )


def make_promotion(team: Team, kind: str = "homepage", *, start: int = -1, end: int = 24, **fields) -> TeamPromotion:
    return TeamPromotion.objects.create(team=team, kind=kind, starts_at=hours(start), ends_at=hours(end), **fields)


def give_coins(team: Team, amount: int) -> None:
    """Put coins into the wallet of the team's captain."""
    award(profile=team.captain, amount=amount, reason="winner", tell=False)


def make_place(kind: str = "homepage", **fields) -> PromotionPlace:
    """Set what a place costs; a test that empties all tables takes the rows of the migration along."""
    fields = {"price_per_day": 50, "slots": 3, "longest": 14, "is_bookable": True, **fields}
    return PromotionPlace.objects.update_or_create(kind=kind, defaults=fields)[0]


def make_booking(team: Team, kind: str = "homepage", *, ahead: int = 2, days: int = 2, **changes) -> TeamPromotion:
    """Book as the captain, who gets the coins for it first unless ``rich`` is False."""
    place = make_place(kind) if changes.pop("place", True) else PromotionPlace.objects.get(kind=kind)
    if changes.pop("rich", True):
        give_coins(team, place.price_per_day * days)
    asked = {
        "actor": team.captain.user,
        "kind": kind,
        "first_day": today(ahead),
        "days": days,
        "expected_price": place.price_per_day * days,
        "request_id": uuid4(),
        **changes,
    }
    return book_promotion(team_id=team.pk, **asked)


def counted(sponsor: TeamSponsor, kind: str = "i") -> int:
    return SponsorSighting.objects.filter(sponsor=sponsor, kind=kind).count()
