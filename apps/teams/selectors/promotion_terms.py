"""What a booking costs, and what comes back when it ends early. The sentences stand here, beside the sums."""

from datetime import datetime, timedelta

from apps.teams.constants import PROMOTION_FREE_CANCEL
from apps.teams.models import PromotionPlace, TeamPromotion

DAY = timedelta(days=1)

# Shown before paying, in the documents and in the answers of the API.
TERMS = (
    "The coins are only set aside when you book. They are taken when staff approve.",
    "Until then you can withdraw. If staff say no, or nobody decides before the first day, all coins are free again.",
    "Once approved: cancel more than 24 hours before the first day and all coins come back; later, half of them.",
    "Once it has begun, nothing comes back when you end it. If staff take it down, they pay back each day not begun.",
    "A team that disbands ends its bookings by the same rules.",
)


def price_of(place: PromotionPlace, days: int) -> int:
    """Return the price of so many days, in DC."""
    return place.price_per_day * days


def back_now(promotion: TeamPromotion, *, by_staff: bool, at: datetime) -> int:
    """Return how many DC of a paid booking come back when it ends at ``at``.

    Half is rounded up, in favour of who paid; of days, those that have not begun count.
    """
    if not promotion.price:
        return 0
    if at < promotion.starts_at:
        full = by_staff or at <= promotion.starts_at - PROMOTION_FREE_CANCEL
        return promotion.price if full else -(-promotion.price // 2)
    if not by_staff:
        return 0
    begun = (at - promotion.starts_at) // DAY + 1
    return promotion.price * max(promotion.days - begun, 0) // promotion.days
