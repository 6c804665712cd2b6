"""Which days of a place are free. A day is one of Dhaka, from midnight to midnight."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from apps.core.errors import Conflict, DomainError
from apps.teams.constants import PROMOTION_AHEAD
from apps.teams.models import PromotionPlace, Team, TeamPromotion
from apps.teams.models.promotion import PromotionQuerySet

DAY = timedelta(days=1)
SHOWN_DAYS = 35


@dataclass(frozen=True)
class CalendarDay:
    """One day of a place: how many slots are free, and whether the team stands there itself."""

    day: date
    free: int
    is_ours: bool
    is_open: bool  # can be a first day: from tomorrow on

    @property
    def state(self) -> str:
        if self.is_ours:
            return "ours"
        if not self.is_open:
            return "past"
        return "free" if self.free else "full"


def today() -> date:
    return timezone.localdate(timezone=timezone.get_default_timezone())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


def span(first_day: date, days: int) -> tuple[datetime, datetime]:
    """Return start and end of so many days."""
    return midnight(first_day), midnight(first_day + days * DAY)


def check_days(place: PromotionPlace, *, first_day: date, days: int) -> None:
    """Refuse days that can't be booked.

    Raises:
        DomainError: ``field`` is ``first_day`` or ``days``.
    """
    if not 1 <= days <= place.longest:
        raise DomainError(f"1 to {place.longest} days.", field="days")
    first, last = today() + DAY, today() + PROMOTION_AHEAD
    if not first <= first_day <= last:
        raise DomainError(
            f"From tomorrow, {first:%-d %B}, until {last:%-d %B}: staff look at it before it begins.", field="first_day"
        )


def check_bookable(team: Team, place: PromotionPlace) -> None:
    """Refuse a place that is closed to captains, and a team that not everybody sees."""
    if not team.is_public:
        raise Conflict("Only a team that everybody sees is put forward. Make it public in the settings first.")
    if not place.is_bookable:
        raise Conflict(f"{place} can't be booked at the moment.", field="kind")


def check_room(place: PromotionPlace, promotion: TeamPromotion, *, field: str) -> None:
    """Refuse days that are full, and the same team twice. It holds under the locks of the team and of ``place``.

    Raises:
        Conflict: ``field`` names what to change.
    """
    if overlapping(promotion).exists():
        raise Conflict(f"{promotion.team.name} has a promotion there at that time.", field=field)
    full = full_days(place, starts_at=promotion.starts_at, ends_at=promotion.ends_at)
    if full:
        days = ", ".join(f"{day:%-d %B}" for day in full[:3]) + (" and more" if len(full) > 3 else "")
        raise Conflict(f"{place} is full on {days}. Choose other days.", field=field, code="place_full")


def places() -> list[PromotionPlace]:
    """Return all places in the order of the pages. A place without a row stands there with what the model says."""
    kept = PromotionPlace.objects.in_bulk()
    return [kept.get(kind) or PromotionPlace(kind=kind) for kind in PromotionPlace.Kind.values]


def calendar(team: Team, place: PromotionPlace, *, days: int = SHOWN_DAYS) -> list[list[CalendarDay]]:
    """Return weeks of days, Monday first, from the week of today. One query."""
    monday = today() - today().weekday() * DAY
    begin, end = span(monday, days)
    taken = list(_taking(place, begin, end).values_list("starts_at", "ends_at", "team_id"))
    shown = [_day(monday + number * DAY, taken, place, team) for number in range(days)]
    return [shown[week : week + 7] for week in range(0, days, 7)]


def full_days(place: PromotionPlace, *, starts_at: datetime, ends_at: datetime) -> list[date]:
    """Return the days between two moments on which every slot is taken. One query."""
    zone = timezone.get_default_timezone()
    first = timezone.localdate(starts_at, zone)
    last = timezone.localdate(ends_at - timedelta(microseconds=1), zone)
    begin, end = midnight(first), midnight(last + DAY)
    taken = [(start, stop) for start, stop in _taking(place, begin, end).values_list("starts_at", "ends_at")]
    return [
        day
        for day in (first + number * DAY for number in range((last - first).days + 1))
        if _count(day, taken) >= place.slots
    ]


def overlapping(promotion: TeamPromotion) -> PromotionQuerySet:
    """Return the promotions of the same team in the same place that share time with this one."""
    return TeamPromotion.objects.taking_room().filter(
        team=promotion.team, kind=promotion.kind, starts_at__lt=promotion.ends_at, ends_at__gt=promotion.starts_at
    )


def _taking(place: PromotionPlace, begin: datetime, end: datetime) -> PromotionQuerySet:
    return TeamPromotion.objects.taking_room().filter(kind=place.kind, starts_at__lt=end, ends_at__gt=begin)


def _count(day: date, taken: Iterable[tuple[datetime, datetime]]) -> int:
    begin, end = span(day, 1)
    return sum(1 for starts_at, ends_at in taken if starts_at < end and ends_at > begin)


def _day(day: date, taken: list[tuple[datetime, datetime, int]], place: PromotionPlace, team: Team) -> CalendarDay:
    used = _count(day, [(start, end) for start, end, _ in taken])
    ours = _count(day, [(start, end) for start, end, team_id in taken if team_id == team.pk])
    return CalendarDay(
        day=day,
        free=max(place.slots - used, 0),
        is_ours=bool(ours),
        is_open=today() < day <= today() + PROMOTION_AHEAD,
    )
