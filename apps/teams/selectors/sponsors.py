"""Sponsors as pages show them: to everybody, and to the captain with their figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.formats import date_format

from apps.core.errors import NotFound
from apps.corelib.charts import Datum
from apps.teams.models import SponsorDay, SponsorSighting, Team, TeamSponsor
from apps.teams.models.sponsor import SponsorQuerySet

Kind = SponsorSighting.Kind
CHART_DAYS = 14
LISTED = 50


@dataclass(frozen=True)
class SponsorRow:
    """One sponsor with how many visitors saw and followed it, each counted once a day."""

    sponsor: TeamSponsor
    impressions: int
    clicks: int


@dataclass(frozen=True)
class SponsorBoard:
    """What the captain sees. The charts hold the last fourteen days of all the team's sponsors, today last."""

    rows: tuple[SponsorRow, ...]
    seen_by_day: tuple[Datum, ...]
    followed: tuple[Datum, ...]

    @property
    def impressions(self) -> int:
        return sum(row.impressions for row in self.rows)

    @property
    def clicks(self) -> int:
        return sum(row.clicks for row in self.rows)


def shown_on(team: Team) -> list[TeamSponsor]:
    """Return who is shown on the team's page today, highest tier first. One query."""
    sponsors = list(team.sponsors.running().order_by("tier", "starts_on", "pk"))
    for sponsor in sponsors:
        sponsor.team = team  # their links need its slug
    return sponsors


def sponsor_to_visit(team: Team, sponsor_id: int) -> TeamSponsor:
    """Return a sponsor that is shown today. Raises ``NotFound``: no other address is ever led to."""
    sponsor = team.sponsors.running().filter(pk=sponsor_id).first()
    if sponsor is None:
        raise NotFound("This sponsor is not shown any more.")
    return sponsor


def sponsor_of(team: Team, sponsor_id: int) -> TeamSponsor:
    """Return a sponsor of ``team``, whatever became of it. Raises ``NotFound``."""
    sponsor = team.sponsors.filter(pk=sponsor_id).first()
    if sponsor is None:
        raise NotFound("There is no such sponsor.")
    return sponsor


def board(team: Team) -> SponsorBoard:
    """Return the team's newest sponsors with their figures. Four queries, however many there are."""
    sponsors = list(_newest(team))
    seen: Counter[int] = Counter()
    followed: Counter[int] = Counter()
    by_day: Counter[date] = Counter()
    settled = SponsorDay.objects.filter(sponsor__in=[sponsor.pk for sponsor in sponsors])
    for pk, impressions, clicks in settled.values_list("sponsor").annotate(Sum("impressions"), Sum("clicks")):
        seen[pk] += impressions
        followed[pk] += clicks
    days = [timezone.localdate() - timedelta(days=ago) for ago in reversed(range(CHART_DAYS))]
    for day, impressions in (
        settled.filter(day__gte=days[0]).values_list("day").annotate(Sum("impressions")).order_by("day")
    ):
        by_day[day] += impressions
    live = SponsorSighting.objects.filter(sponsor__in=[sponsor.pk for sponsor in sponsors])
    for pk, day, kind, count in live.values_list("sponsor", "day", "kind").annotate(Count("pk")).order_by():
        if kind == Kind.CLICK:
            followed[pk] += count
        else:
            seen[pk] += count
            by_day[day] += count
    sponsors.sort(key=lambda sponsor: not sponsor.is_open)  # stable: within each half the newest stay first
    rows = tuple(SponsorRow(sponsor, seen[sponsor.pk], followed[sponsor.pk]) for sponsor in sponsors)
    return SponsorBoard(
        rows=rows,
        seen_by_day=tuple(Datum(date_format(day, "j M"), by_day[day]) for day in days),
        followed=tuple(Datum(row.sponsor.name, row.clicks) for row in rows if row.sponsor.state == "active"),
    )


def _newest(team: Team) -> SponsorQuerySet:
    return team.sponsors.order_by("-created_at", "-pk")[:LISTED]
