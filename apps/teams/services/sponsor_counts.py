"""How often sponsors are seen and followed: once for each visitor and day, exactly, whatever comes at once."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.teams.models import SponsorDay, SponsorSighting

Kind = SponsorSighting.Kind


def count_impressions(*, sponsor_ids: Iterable[int], visitor: UUID, day: date) -> None:
    """Remember that ``visitor`` saw these sponsors. One statement; a reload changes nothing."""
    _remember(sponsor_ids, Kind.IMPRESSION, visitor, day)


def count_click(*, sponsor_id: int, visitor: UUID, day: date) -> None:
    """Remember that ``visitor`` followed the link."""
    _remember([sponsor_id], Kind.CLICK, visitor, day)


def _remember(sponsor_ids: Iterable[int], kind: str, visitor: UUID, day: date) -> None:
    # The unique key decides, so there is no counter that two visitors would queue up for.
    SponsorSighting.objects.bulk_create(
        [SponsorSighting(sponsor_id=pk, day=day, kind=kind, visitor=visitor) for pk in sponsor_ids],
        ignore_conflicts=True,
    )


@transaction.atomic
def settle_sponsor_counts() -> int:
    """Sum up the days that are over, delete their sightings, and return how many sums were made.

    Yesterday is left alone: a request that began before midnight may still be writing. Nothing is written to an older
    day, so two runs at once find the same sums, and only one of them can insert.
    """
    over = SponsorSighting.objects.filter(day__lt=timezone.localdate() - timedelta(days=1))
    sums = [
        SponsorDay(**row)
        for row in over.values("sponsor_id", "day")
        .annotate(
            impressions=Count("pk", filter=Q(kind=Kind.IMPRESSION)),
            clicks=Count("pk", filter=Q(kind=Kind.CLICK)),
        )
        .order_by("sponsor_id", "day")
    ]
    SponsorDay.objects.bulk_create(sums, ignore_conflicts=True, batch_size=1000)
    over.delete()
    return len(sums)
