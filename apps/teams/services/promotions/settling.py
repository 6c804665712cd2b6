"""The calendar begins and ends promotions. Pages don't wait for it: they go by the dates."""

from collections.abc import Callable

from django.db import transaction

from apps.teams.models import TeamPromotion
from apps.teams.models.promotion import PromotionQuerySet
from apps.teams.services import sponsor_notices
from apps.teams.services.promotions.states import Status, give_back, lock_paying_wallets, move


def activate_scheduled_promotions() -> int:
    """Settle what has begun, tell the captains, and return how many there were. Safe twice and at once."""
    return _settle(TeamPromotion.objects.due, Status.ACTIVE, "started")


def expire_promotions() -> int:
    """Settle what is over, and bookings whose start came before a decision. Tell the captains; return how many."""
    return _settle(TeamPromotion.objects.overdue, Status.EXPIRED, "ended") + _settle(
        TeamPromotion.objects.lapsed, Status.EXPIRED, "lapsed"
    )


@transaction.atomic
def _settle(which: Callable[[], PromotionQuerySet], status: str, step: str) -> int:
    """Take each of these one step on. A second run waits for the locks of the first and then finds nothing to do."""
    rows = which().select_related("team__captain__user", "payer", "hold")
    promotions = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if status == Status.EXPIRED:
        lock_paying_wallets(promotions)
    for promotion in promotions:
        money = give_back(None, promotion, by_staff=True) if promotion.status == Status.REQUESTED else ""
        move(None, promotion, status)
        sponsor_notices.tell_promotion_captain(promotion, step, money=money)
    return len(promotions)
