"""Sponsors and promotions for the tests, at days counted from today."""

from datetime import timedelta
from itertools import count

from django.utils import timezone

from apps.teams.models import SponsorSighting, Team, TeamPromotion, TeamSponsor

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


def counted(sponsor: TeamSponsor, kind: str = "i") -> int:
    return SponsorSighting.objects.filter(sponsor=sponsor, kind=kind).count()
