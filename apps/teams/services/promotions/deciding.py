"""Staff look at a booking: approved it is paid, rejected its coins are free again."""

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.corelib.figures import coins
from apps.economy.constants import Reason
from apps.economy.services import capture
from apps.teams import permissions
from apps.teams.models import TeamPromotion
from apps.teams.services import sponsor_notices
from apps.teams.services.promotions.states import Status, decide, give_back, lock_promotion, reason_of


@transaction.atomic(durable=True)
def approve_promotion(*, actor: User, promotion_id: int) -> TeamPromotion:
    """Let it be shown on its days, and take the coins that were set aside.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such booking.
        Conflict: It was settled already, its start is over, its team is not shown to everybody, or the coins are gone.
    """
    permissions.check_promote(actor)
    promotion = _waiting(promotion_id)
    if not (promotion.team.is_active and promotion.team.is_public):
        raise Conflict("This team is not shown to everybody. Reject the booking.")
    capture(hold_id=_hold_of(promotion), actor=actor, reason=Reason.PROMOTION, note=promotion.get_kind_display())
    decide(actor, promotion, Status.SCHEDULED)
    sponsor_notices.tell_promotion_captain(
        promotion, "approved", actor=actor, money=f"{coins(promotion.price)} are paid."
    )
    return promotion


@transaction.atomic(durable=True)
def reject_promotion(*, actor: User, promotion_id: int, reason: str) -> TeamPromotion:
    """Refuse the booking. The captain reads ``reason``; all coins are free again.

    Raises:
        PermissionRefused: The actor is not staff who may change promotions.
        NotFound: There is no such booking.
        DomainError: There is no reason.
        Conflict: It was settled already, or its start is over.
    """
    permissions.check_promote(actor)
    promotion = _waiting(promotion_id)
    reason = reason_of(reason)
    money = give_back(actor, promotion, by_staff=True)
    decide(actor, promotion, Status.REJECTED, reason=reason)
    sponsor_notices.tell_promotion_captain(promotion, "rejected", actor=actor, money=money)
    return promotion


def _waiting(promotion_id: int) -> TeamPromotion:
    promotion = lock_promotion(promotion_id)
    if promotion.status != Status.REQUESTED:
        raise Conflict(f"This promotion doesn't wait any more: {Status(promotion.status).label.lower()}.")
    if promotion.state != Status.REQUESTED:
        raise Conflict("Its start is over: the booking has lapsed, and the coins are free again.")
    return promotion


def _hold_of(promotion: TeamPromotion) -> int:
    assert promotion.hold_id is not None  # noqa: S101 - the constraint teams_promotion_paid_by_hold says so
    return promotion.hold_id
