"""What a booking would cost its captain, before it is made."""

from dataclasses import dataclass
from datetime import date, timedelta

from apps.economy.selectors.entries import wallet_of
from apps.teams.models import PromotionPlace, TeamPromotion
from apps.teams.permissions import Standing
from apps.teams.selectors import promotion_calendar, promotion_terms


@dataclass(frozen=True)
class Quote:
    """Days, price and what the wallet has to spend before and after, in DC."""

    place: PromotionPlace
    first_day: date
    days: int
    price: int
    available: int

    @property
    def last_day(self) -> date:
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def left(self) -> int:
        return self.available - self.price

    @property
    def missing(self) -> int:
        return max(-self.left, 0)


def quote(viewer: Standing, place: PromotionPlace, *, first_day: date, days: int) -> Quote:
    """Return the price for ``viewer``. A look without locks: the service looks again.

    Raises:
        DomainError: The days can't be booked; ``field`` names which.
        Conflict: The place is closed or full, or the team is not shown to everybody.
    """
    team = viewer.team
    promotion_calendar.check_days(place, first_day=first_day, days=days)
    promotion_calendar.check_bookable(team, place)
    starts_at, ends_at = promotion_calendar.span(first_day, days)
    asked = TeamPromotion(team=team, kind=place.kind, starts_at=starts_at, ends_at=ends_at)
    promotion_calendar.check_room(place, asked, field="first_day")
    wallet = wallet_of(viewer.user) if viewer.user.is_authenticated else None
    return Quote(
        place=place,
        first_day=first_day,
        days=days,
        price=promotion_terms.price_of(place, days),
        available=wallet.available if wallet else 0,
    )
