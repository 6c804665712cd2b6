"""Promotions: staff put a team forward for free, or its captain books a slot and pays with coins.

Locks are taken in the order team, place, promotion, wallet.
"""

from apps.teams.services.promotions.booking import book_promotion, withdraw_promotion
from apps.teams.services.promotions.deciding import approve_promotion, reject_promotion
from apps.teams.services.promotions.places import change_place
from apps.teams.services.promotions.scheduling import cancel_promotion, schedule_promotion
from apps.teams.services.promotions.settling import activate_scheduled_promotions, expire_promotions

__all__ = [
    "PromotionService",
    "activate_scheduled_promotions",
    "approve_promotion",
    "book_promotion",
    "cancel_promotion",
    "change_place",
    "expire_promotions",
    "reject_promotion",
    "schedule_promotion",
    "withdraw_promotion",
]


class PromotionService:
    """The acts under the name that the operations manual gives them."""

    book = staticmethod(book_promotion)
    withdraw = staticmethod(withdraw_promotion)
    approve = staticmethod(approve_promotion)
    reject = staticmethod(reject_promotion)
    schedule = staticmethod(schedule_promotion)
    cancel = staticmethod(cancel_promotion)
    activate_scheduled_promotions = staticmethod(activate_scheduled_promotions)
    expire_promotions = staticmethod(expire_promotions)
